"""``cleaner`` and ``python -m cleaner``."""

import sys


def main() -> None:
    """Run the command line; ``--version`` answers before anything heavy is imported."""
    if sys.argv[1:] == ["--version"]:
        from cleaner.version import __version__

        print(f"cleaner {__version__}")
        return
    from cleaner.cli import app

    app(prog_name="cleaner")


if __name__ == "__main__":
    main()
