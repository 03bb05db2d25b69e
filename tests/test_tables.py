import subprocess
import sys

import pytest
from support_docs import run_page

pytest.importorskip("datasets", reason="datasets is not installed; pip install 'article-cleaner[test]'")


def test_the_examples_of_the_docs_print_what_the_docs_show(tmp_path):
    run_page("integrations/tables.md", tmp_path)


def test_datasets_knows_the_same_cleaner_again_so_that_its_cache_works():
    code = (
        "from datasets.fingerprint import Hasher\n"
        "from cleaner import Cleaner, Config\n"
        "print(Hasher.hash(Cleaner()), Hasher.hash(Cleaner(Config.make(mode='safe'))))"
    )
    found = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(found) == 1
    assert len(set(found.pop().split())) == 2
