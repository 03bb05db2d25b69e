"""``cleaner`` and ``python -m cleaner``."""

import sys

# Most objects that a start makes are there to stay, so looking for garbage after each few hundred is for nothing.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main() -> None:
    """Run the command line; ``--version`` answers before anything heavy is imported."""
    if sys.argv[1:] == ["--version"]:
        from cleaner.version import __version__

        print(f"cleaner {__version__}")
        return
    import atexit
    import gc

    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # Nor is there any use in looking for it when the process ends, which takes a tenth of a second.
    atexit.register(gc.freeze)
    from cleaner.cli import app_for

    app_for(sys.argv[1:])(prog_name="cleaner")


if __name__ == "__main__":
    main()
