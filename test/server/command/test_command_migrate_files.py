"""What internal-events migrate does to files, where that goes wrong, and how to undo it."""

import os
import pathlib
import pty
import resource
import shutil
import subprocess
import tempfile

import pytest

from command import COMMAND, environment, run
from migrating import contents, metric, write_tree


def start(folder, *arguments, **kw):
    """Starts the command in a folder and returns the process."""
    return subprocess.Popen([COMMAND, 'migrate', *arguments], env=environment(), cwd=folder, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **{'stderr': subprocess.PIPE, **kw})


def test_all_or_nothing(tmp_path):
    """Where one file cannot be written, none is."""
    folder = write_tree(tmp_path, {'metrics/board.yml': metric('board'), 'events': 'no folder\n'})
    before = contents(folder)
    assert 'cannot make the folder events: ' in run('migrate', 'metrics', cwd=folder, status=1).stderr
    assert contents(folder) == before


def test_event_file_in_the_way(tmp_path):
    """A file that has the name of a new event is not overwritten."""
    folder = write_tree(tmp_path, {'metrics/board.yml': metric('board'), 'events/board_opened.yml': 'something: else\n'})
    before = contents(folder)
    ran = run('migrate', 'metrics', cwd=folder, status=1)
    assert 'needs the event board_opened, and events/board_opened.yml is there already, and does not define it' in ran.stdout
    assert contents(folder) == before


@pytest.mark.parametrize('room', [100, 290])
def test_full_disk(tmp_path, room):
    """Where there is no room, for the first file or a later one, nothing is written, no folder either, and the reason is said."""
    folder = write_tree(tmp_path, {'metrics/board.yml': metric('board'), 'metrics/card.yml': metric('card') + '\n' + '# long\n' * 50})
    before = contents(folder)
    # Python ignores the signal that goes with this limit.
    limited = start(folder, 'metrics', restore_signals=False,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    error = limited.communicate(timeout=60)[1]
    assert limited.returncode == 1
    assert 'cannot write ' in error and ': File too large' in error and 'nothing was changed' in error
    assert contents(folder) == before
    assert [path.name for path in folder.iterdir()] == ['metrics']


def test_protected_file():
    """A file that may not be written is not replaced, though its folder would allow that."""
    with tempfile.TemporaryDirectory(prefix='ie-migrate-') as name:
        folder = write_tree(pathlib.Path(name), {'metrics/board.yml': metric('board'), 'metrics/card.yml': metric('card')})
        (folder / 'metrics/card.yml').chmod(0o444)
        before = contents(folder)
        user = None
        if os.geteuid() == 0:
            # Root may write whatever it likes.
            user = 'nobody'
            for path in (folder, *folder.rglob('*')):
                shutil.chown(path, user)
        refused = start(folder, 'metrics', user=user)
        error = refused.communicate(timeout=60)[1]
        assert refused.returncode == 1
        assert 'cannot write metrics/card.yml: Permission denied' in error and 'nothing was changed' in error
        assert contents(folder) == before


def test_owner_stays(tmp_path):
    """Root does not become the owner of what it rewrites."""
    if os.geteuid() != 0:
        pytest.skip('only root may write files of others and give them away')
    folder = write_tree(tmp_path, {'metrics/board.yml': metric('board')})
    shutil.chown(folder / 'metrics/board.yml', 'nobody')
    run('migrate', 'metrics', cwd=folder)
    assert (folder / 'metrics/board.yml').owner() == 'nobody'


def test_change_meanwhile(tmp_path):
    """What somebody writes while the command runs is not lost."""
    folder = write_tree(tmp_path, {'metrics/board.yml': metric('board'), 'app/0.rb': '# nothing to see\n' * 60000})
    for number in range(1, 400):
        os.link(folder / 'app/0.rb', folder / f'app/{number}.rb')
    ours, theirs = pty.openpty()
    migrating = start(folder, 'metrics', '--source', 'app', stderr=theirs)
    os.close(theirs)
    said = b''
    while b'Searching' not in said:
        said += os.read(ours, 1000)
    edited = (folder / 'metrics/board.yml').read_text() + '\n# mine\n'
    (folder / 'metrics/board.yml').write_text(edited)
    while chunk := read(ours):
        said += chunk
    migrating.communicate(timeout=60)
    assert migrating.returncode == 1
    assert b'metrics/board.yml has changed since it was read' in said
    assert (folder / 'metrics/board.yml').read_text() == edited
    assert not (folder / 'events').exists()


def read(terminal):
    """What the terminal has; nothing when it is closed."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b''


def test_the_way_back(tmp_path):
    """The patch of a dry run, the other way round, undoes all of it without git."""
    folder = write_tree(tmp_path, {'config/metrics/board.yml': metric('board'), 'config/metrics/card.yml': metric('card')})
    before = contents(folder)
    patch = run('migrate', '--dry-run', 'config', cwd=folder).stdout
    run('migrate', 'config', cwd=folder)
    assert contents(folder) != before
    subprocess.run(['patch', '-p1', '-R', '--silent'], input=patch, text=True, cwd=folder, check=True)
    assert contents(folder) == before
