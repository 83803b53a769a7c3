"""What of a template's function can be run here."""

import zipfile
from pathlib import Path

import pytest

from preview.sites import at, resource, site_with
from prod_one_box.preview.origins.function_code import FunctionCode, read_function, version_of
from prod_one_box.template.cloud_assembly import AssemblyError


def function(**properties: object):
    said = {"Handler": "index.handler", "Runtime": "nodejs24.x", "Code": {"S3Key": "abc.zip"}, **properties}
    return resource("Pages", "AWS::Lambda::Function", said)


def read(asset: Path, **properties: object) -> FunctionCode:
    site = site_with({"Pages": function(**properties)}, folder=asset, assets={"abc": asset})
    return read_function(site, at("Pages"))


def test_a_folder_an_archive_and_inline_code_all_end_up_in_a_folder(tmp_path):
    (tmp_path / "index.mjs").write_text("a folder")
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.mjs", "an archive")
    assert (read(tmp_path).folder / "index.mjs").read_text() == "a folder"
    assert (read(archive).folder / "index.mjs").read_text() == "an archive"
    inline = read(tmp_path, Code={"ZipFile": "inline"}, Runtime="python3.13")
    assert (inline.folder / "index.py").read_text() == "inline"


def test_values_known_only_at_deployment_have_a_stand_in(tmp_path):
    variables = {
        "TABLE": {"Ref": "Table"},
        "URL": {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.example"},
        "N": "1",
    }
    code = read(tmp_path, Environment={"Variables": variables})
    assert code.environment["TABLE"] == "Table"
    assert code.environment["URL"] == "https://Api.execute-api.us-east-1.example"
    assert code.environment["N"] == "1"


def test_lambdas_default_limits_apply_if_the_template_sets_none(tmp_path):
    code = read(tmp_path)
    assert (code.seconds, code.memory) == (3.0, 128)


def test_code_that_is_not_in_the_assembly_is_refused_by_name(tmp_path):
    with pytest.raises(AssemblyError, match="Pages: its code is not among"):
        read(tmp_path, Code={"S3Key": "elsewhere.zip"})


def test_a_version_is_named_for_code_and_configuration_and_not_for_its_partition():
    assert version_of(function(Description="one-box")) == version_of(function(Description="regular"))
    others = [function(Code={"S3Key": "other.zip"}), function(Environment={"Variables": {"A": "1"}})]
    assert len({version_of(each) for each in [function(), *others]}) == 3
