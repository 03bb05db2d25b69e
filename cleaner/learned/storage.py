"""Files of trained models: arrays of numbers, and a few words about them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.cache import Cache
from cleaner.errors import ModelError
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.forest import Forest

Arrays = Mapping[str, NDArray[Any]]
M = TypeVar("M")


def write(path: Path, arrays: Arrays, about: Mapping[str, Any], format: int) -> None:
    """Write a model's file; the same content gives the same bytes."""
    words = json.dumps({**about, "format": format}, sort_keys=True).encode()
    np.savez_compressed(path, **arrays, about=np.frombuffer(words, dtype=np.uint8))  # type: ignore[arg-type]


def read(path: Path, format: int, make: Callable[[Arrays, dict[str, Any], str], M]) -> M:
    """What ``make`` gives for the arrays of a file, the words about them and the file's sha256.

    Raises ``ModelError`` if it is not there, broken, or of another format.
    """
    try:
        body = path.read_bytes()
        digest = hashlib.sha256(body).hexdigest()
        arrays = _arrays(Cache.of_model(digest).kept(".arrays", lambda: _unpacked(body)))
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != format:
            raise ModelError(f"{path}: has format {about['format']}, this version reads {format}; train it again")
        return make(arrays, about, digest)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ModelError(f"{path}: cannot be read as a model: {error}; install Cleaner again or train one") from error


def _arrays(body: bytes) -> dict[str, NDArray[Any]]:
    with np.load(BytesIO(body), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _unpacked(body: bytes) -> bytes:
    """The same file without compression, which is read in a tenth of the time."""
    unpacked = BytesIO()
    np.savez(unpacked, **_arrays(body))  # type: ignore[arg-type]
    return unpacked.getvalue()


def of_alphabet(alphabet: Alphabet) -> Arrays:
    """An alphabet as arrays, which compress well."""
    folded = np.diff(alphabet.folded.astype(np.int64), prepend=0).astype(np.int32)
    return {"folded": folded, "kinds": alphabet.kinds}


def alphabet(arrays: Arrays) -> Alphabet:
    """The alphabet that was stored."""
    return Alphabet(np.cumsum(arrays["folded"], dtype=np.int64).astype(np.uint16), arrays["kinds"])


def of_forest(forest: Forest) -> Arrays:
    """A forest as arrays."""
    return {f"forest_{f.name}": np.asarray(getattr(forest, f.name)) for f in fields(Forest)}


def forest(arrays: Arrays) -> Forest:
    """The forest that was stored."""
    stored = {f.name: arrays[f"forest_{f.name}"] for f in fields(Forest)}
    return Forest(**{**stored, "depth": int(stored["depth"])})  # type: ignore[arg-type]
