"""What a stand-in has taken, in a file, so that one that is killed loses nothing that it answered for."""

import json
import os


class Journal:
    """A file of JSON lines; each is in the hands of the operating system before `append` returns."""

    def __init__(self, path):
        self._file = open(path, 'ab+')  # pylint: disable=consider-using-with

    def read(self):
        """The lines written so far; one that was never finished, hence never answered for, is cut off."""
        self._file.seek(0)
        whole = 0
        for line in self._file:
            if not line.endswith(b'\n'):
                break
            whole += len(line)
            yield json.loads(line)
        self._file.truncate(whole)
        self._file.seek(0, os.SEEK_END)

    def append(self, text):
        """Adds a line."""
        self._file.write(text.encode() + b'\n')
        self._file.flush()

    def clear(self):
        """Forgets all lines."""
        self._file.truncate(0)
