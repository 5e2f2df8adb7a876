# Sourced by the scripts beside it, with `here` set to the directory they lie in.
# Makes .venv in the project and keeps it equal to the locked requirements; says nothing on standard output.
# Afterwards `root` is the project and `python` the interpreter to use.

root=$(CDPATH='' cd -- "$here/.." && pwd -P) || exit 2
environment=$root/.venv
python=$environment/bin/python
# Settings of the calling shell must not reach into the environment; without compiled code every start takes twice as long.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

say() {
    printf '%s\n' "$*" >&2
}

# What a fitting Python can do: a candidate is run, for shims and broken links exist without working.
fitness='
import sys
if sys.version_info < (3, 12):
    sys.exit("is Python %d.%d; 3.12 or newer is needed" % sys.version_info[:2])
if sys.implementation.name != "cpython" or not getattr(sys, "_is_gil_enabled", lambda: True)():
    sys.exit("is not the ordinary build of Python")
try:
    import ensurepip, sqlite3, ssl, venv
except ImportError as error:
    sys.exit("lacks the module %s (on Debian and Ubuntu it comes with python3-venv)" % error.name)
try:
    sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE t USING fts5(x)")
except sqlite3.Error:
    sys.exit("has an SQLite without full-text search (FTS5)")
'

# Candidates one a line, the preferred first. RINGWALL_PYTHON, where set, is the only one.
candidates() {
    if [ -n "${RINGWALL_PYTHON:-}" ]; then
        printf '%s\n' "$RINGWALL_PYTHON"
        return
    fi
    for version in 3.13 3.12 3.14; do
        printf '%s\n' "python$version" \
            "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version"*/bin/python \
            "$HOME/.local/share/uv/python/cpython-$version"*/bin/python \
            "/opt/homebrew/bin/python$version" \
            "/usr/local/bin/python$version" \
            "/Library/Frameworks/Python.framework/Versions/$version/bin/python3"
    done
    printf '%s\n' python3 python
}

# Sets `base` to the first candidate that fits; else tells what was tried and what to install, and ends.
find_python() {
    tried=
    while IFS= read -r candidate; do
        reason=$("$candidate" -c "$fitness" 2>&1 </dev/null) && base=$candidate && return
        # 126 and 127: not there, or a shim without a version behind it; nothing worth telling.
        case $? in
            126 | 127) ;;
            *) tried="$tried
  $candidate $(printf '%s' "$reason" | tail -n 1)" ;;
        esac
    done <<END
$(candidates)
END
    say "Ringwall needs Python 3.13 (3.12 or newer will do) with venv and an SQLite that has FTS5; none was found."
    [ -z "$tried" ] || say "Tried:$tried"
    say "Install one and start again:"
    say "  Debian 13, Ubuntu 24.04 and newer   sudo apt install python3 python3-venv"
    say "  Fedora, RHEL 9 and newer            sudo dnf install python3.12"
    say "  openSUSE                            sudo zypper install python313"
    say "  Arch                                sudo pacman -S python"
    say "  macOS                               brew install python@3.13"
    say "  older systems, or without root      pyenv install 3.13   or   uv python install 3.13"
    say "A Python elsewhere can be named: RINGWALL_PYTHON=/path/to/python3.13 $0"
    exit 2
}

# The first line of a stamp is the project's path: the scripts in an environment that was moved point nowhere.
stamp_for() {
    printf '%s\n' "$root" && cat "$root/$1"
}

is_current() {
    stamp_for "$1" | cmp -s - "$environment/installed-$1"
}

make_environment() {
    find_python
    say "Making the environment .venv with $("$base" -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])') …"
    rm -rf "$environment"
    if ! "$base" -m venv "$environment" >&2; then
        rm -rf "$environment"
        say "The environment could not be made in $root. Is there space left, and may you write there?"
        exit 2
    fi
}

# Installs one file of locked requirements, and puts the project's own package on the path.
install_locked() {
    is_current "$1" && return
    say "Installing the packages of $1 (only when they changed; a minute or two) …"
    rm -f "$environment/installed-$1"
    if ! PIP_USER=no "$python" -m pip install --quiet --quiet --disable-pip-version-check --no-input \
        --require-hashes --requirement "$root/$1" >&2; then
        say "The packages could not be installed. If the network was the reason, start again; what is installed stays."
        exit 2
    fi
    own=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || exit 2
    printf '%s\n' "$root/src" >"$own/ringwall.pth"
    stamp_for "$1" >"$environment/installed-$1"
}

# Nothing heavier than one bare start of Python happens here when all is in place.
if ! "$python" -I -S -c '' 2>/dev/null; then
    make_environment
elif ! is_current requirements.txt; then
    if ! grep -qsF -- "$environment" "$environment/bin/activate" || ! "$python" -m pip --version >/dev/null 2>&1; then
        make_environment
    fi
fi
install_locked requirements.txt
