"""Compiles the native core when Cleaner is built or installed from source; hatchling calls it.

Without a C++ compiler the build goes on and says so: the same results come from the code in Python then, only slower.
"""

import hashlib
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
MODULE = "cleaner.native._native"


class NativeHook(BuildHookInterface[Any]):
    """Puts the compiled module beside its sources, and the platform's tag on the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Compile before files are gathered; ``CLEANER_NATIVE=0`` leaves it out here as well."""
        if os.environ.get("CLEANER_NATIVE") == "0":
            return
        try:
            compile_where_changed(HERE)
        except Exception as error:  # whatever a foreign compiler does, the code in Python works
            self.app.display_warning(f"the native core was not compiled, cleaning will be slower: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["artifacts"].append("cleaner/native/_native.*.so")


def compile_where_changed(folder: Path) -> Path:
    """Compile the module into a folder, unless the one that is there was made of the same sources.

    Raises as ``compile_into``.
    """
    module = folder / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    note = folder / "_native.sources"
    if not (module.exists() and note.exists() and note.read_text() == _made_of(module)):
        note.unlink(missing_ok=True)
        module = compile_into(folder)
        note.write_text(_made_of(module))
    return module


def compile_into(folder: Path) -> Path:
    """Compile the module into a folder. Raises what the compiler, or setuptools, raises."""
    from pybind11.setup_helpers import ParallelCompile, Pybind11Extension
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    with tempfile.TemporaryDirectory() as scratch:
        extension = Pybind11Extension(
            MODULE,
            sorted(str(path) for path in HERE.glob("*.cpp")),
            cxx_std=17,
            # Without fused operations, which round once where others round twice: results are the same everywhere.
            extra_compile_args=["-O3", "-fno-math-errno", "-ffp-contract=off", "-Wall", "-Wextra"],
        )
        command = build_ext(Distribution({"name": MODULE, "ext_modules": [extension]}))
        command.build_lib, command.build_temp = scratch, f"{scratch}/objects"
        command.ensure_finalized()
        with ParallelCompile(default=0):  # as many files at a time as there are cores
            command.run()
        (made,) = Path(scratch).rglob("_native*.so")
        for old in folder.glob("_native*.so"):
            old.unlink()
        return Path(shutil.move(made, folder / made.name))


def _made_of(module: Path) -> str:
    """Stands for a compiled module and all that it is made of: sources, this file, and what tells compilers apart."""
    files = [*sorted(p for p in HERE.iterdir() if p.suffix in (".cpp", ".hpp", ".py")), module]
    chosen = [f"{name}={os.environ.get(name, '')}" for name in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS")]
    lines = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files] + chosen
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(f"{compile_where_changed(HERE)}\n")
