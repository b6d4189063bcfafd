"""A real terminal: tmux, with a server of its own."""

import os
import shlex
import subprocess
import tempfile
import time

from command import environment


class Terminal:
    """A terminal of a fixed size that runs one shell command; use it in a `with` block."""

    def __init__(self, *words, database=None, width=120, height=30, **env):
        self.folder = tempfile.TemporaryDirectory(prefix='tmux')
        self.socket = os.path.join(self.folder.name, 'socket')
        self.env = environment(database, **env)
        line = ' '.join(shlex.quote(str(word)) for word in words)
        # The terminal is left open, so that what the command leaves behind can be looked at.
        script = f'trap : INT; echo before; {line}; echo "status $?"; exec sleep 600'
        self._tmux('-f', '/dev/null', 'new-session', '-d', '-x', str(width), '-y', str(height), 'sh', '-c', script)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._tmux('kill-server')
        self.folder.cleanup()

    def _tmux(self, *words):
        ran = subprocess.run(['tmux', '-S', self.socket, *words], env=self.env, stdout=subprocess.PIPE, text=True, check=True,
                             timeout=20)
        return ran.stdout

    def screen(self, raw=False):
        """What is on the screen, with trailing blanks cut off; raw: with the escape sequences that draw it."""
        return self._tmux('capture-pane', '-p', *(['-e'] if raw else []))

    def press(self, *keys):
        """Presses keys, by tmux's names."""
        self._tmux('send-keys', *keys)

    def resize(self, width, height):
        """Gives the terminal another size."""
        self._tmux('resize-window', '-x', str(width), '-y', str(height))

    def wait_for(self, condition, seconds=20):
        """Waits until the screen holds a text, or fulfils a condition, and returns it."""
        end = time.monotonic() + seconds
        holds = condition if callable(condition) else lambda screen: condition in screen
        while True:
            screen = self.screen()
            if holds(screen):
                return screen
            assert time.monotonic() < end, f'not on the screen: {condition}\n{screen}'
            time.sleep(0.05)
