import pytest

from cleaner.config import THRESHOLDS, Config, Mode, find_config_file, read_config
from cleaner.errors import ConfigError
from cleaner.model import DEFAULT_CATEGORIES, Category


def test_defaults():
    config = Config()
    assert config.limit == 0.8
    assert Category.META not in config.remove
    assert {Category.AD, Category.CREDIT, Category.HEADLINE} <= config.remove


def test_make_changes_a_base():
    config = Config.make(base=Config.make(mode="safe"), also=["meta"], keep=["ad"], languages=["de"])
    assert config.limit == THRESHOLDS[Mode.SAFE]
    assert config.remove == (DEFAULT_CATEGORIES | {Category.META}) - {Category.AD}
    assert Config.make(threshold=0.5).limit == 0.5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "wild"}, "mode: 'wild' is not one of safe, balanced, thorough"),
        ({"threshold": 2}, "threshold: 2 is not a number"),
        ({"also": ["spam"]}, "also: 'spam' is not one of"),
        ({"remove": "ad"}, "remove: 'ad' is not a list"),
        ({"tidy": "yes"}, "tidy: 'yes' is neither"),
        ({"sites": "a.com"}, "sites: 'a.com' is not a list"),
        ({"colour": "red"}, "unknown setting 'colour'; known are also, builtin"),
    ],
)
def test_what_is_not_known_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        Config.make(**settings)


def test_reading_from_pyproject_and_cleaner_toml(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.cleaner]\nmode = "safe"\npacks = ["mine"]\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    found = find_config_file(below)
    assert found == tmp_path / "pyproject.toml"
    config = read_config(found)
    assert (config.limit, config.packs) == (THRESHOLDS[Mode.SAFE], (tmp_path / "mine",))
    (tmp_path / "a" / "cleaner.toml").write_text('also = ["meta"]\n')
    assert find_config_file(below) == tmp_path / "a" / "cleaner.toml"
    assert Category.META in read_config(tmp_path / "a" / "cleaner.toml").remove


@pytest.mark.parametrize("content", ["mode = 3", "colour = 'red'", "also = 3", "mode ="])
def test_a_bad_file_is_named(tmp_path, content):
    path = tmp_path / "cleaner.toml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"cleaner\.toml: "):
        read_config(path)


def test_the_digest_says_what_can_change_a_result(tmp_path):
    assert Config().digest == Config.make(packs=[tmp_path]).digest
    assert Config().digest == Config.make(threshold=0.8).digest
    assert len({Config().digest, Config.make(tidy=True).digest, Config.make(also=["bio"]).digest}) == 3


def test_a_model_is_a_name_or_a_path_beside_its_settings(tmp_path):
    (tmp_path / "cleaner.toml").write_text('model = "mine.npz"\n')
    assert read_config(tmp_path / "cleaner.toml").model == str(tmp_path / "mine.npz")
    (tmp_path / "cleaner.toml").write_text('model = "none"\n')
    assert read_config(tmp_path / "cleaner.toml").model == "none"
    assert Config(model="none").digest != Config().digest
    for wrong in (3, "", ["a"]):
        with pytest.raises(ConfigError, match="model"):
            Config.make(model=wrong)
