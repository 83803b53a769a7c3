"""The site that is previewed is one distribution with what stands behind it, and nothing of another site."""

from pathlib import Path

import pytest

from preview.templates import alias, distribution, exporting, function, http_api, imported, origin
from prod_one_box.preview.site.site import read_site
from prod_one_box.template.cloud_assembly import AssemblyError
from template.assemblies import write

PAGES = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"DefaultCacheBehavior": {}}}}
PARTED = {**PAGES, "Metadata": {"ProdOneBox": {"Partitions": {}, "Shares": {"one-box": 20, "regular": 80}}}}
NAMES_THE_API = {
    "Type": "AWS::CloudFront::Distribution",
    "Properties": {"DistributionConfig": {"Origins": [{"Id": "o", "DomainName": {"Fn::ImportValue": "Api"}}]}},
}
API = {
    "Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api"}},
    "Outputs": {"Api": {"Value": {"Ref": "Api"}, "Export": {"Name": "Api"}}},
}


def test_unrelated_stacks_are_left_out(tmp_path: Path) -> None:
    other = {"Live": {"Type": "AWS::Lambda::Alias", "Metadata": {"ProdOneBox": {"Phase": "one-box"}}}}
    site = read_site(write(tmp_path, Shop={"Site": NAMES_THE_API}, Backend=API, Blog=other))
    assert [stack.name for stack in site.stacks] == ["Shop", "Backend"]
    assert site.phases == {}


@pytest.mark.parametrize("name", ["Prod/Shop", "Prod_Shop", "Prod-Shop"])
def test_a_stack_is_known_by_each_of_its_names(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, Prod_Shop={"Site": PAGES}, Dev_Shop={"Site": PAGES})
    assert read_site(folder, name).stacks[0].name == "Prod/Shop"


def test_among_several_distributions_the_user_must_choose(tmp_path: Path) -> None:
    folder = write(tmp_path, Prod={"Site": PAGES}, Dev={"Site": PAGES})
    with pytest.raises(AssemblyError, match=r"several distributions .* --distribution: Dev/Site, Prod/Site"):
        read_site(folder)


@pytest.mark.parametrize("name", ["Blog", "Shop/Blog"])
def test_of_two_distributions_in_one_stack_one_is_named(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, Shop={"Site": PARTED, "Blog": PARTED})
    assert read_site(folder, distribution=name).distribution.logical_id == "Blog"
    with pytest.raises(AssemblyError, match="--distribution: Shop/Blog, Shop/Site"):
        read_site(folder, "Shop")
    with pytest.raises(AssemblyError, match="no distribution Else; it has Shop/Blog, Shop/Site"):
        read_site(folder, distribution="Else")


def test_a_distribution_with_partitions_is_preferred_unless_another_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, Shop={"Blog": PAGES, "Site": PARTED})
    assert read_site(folder).distribution.logical_id == "Site"
    assert read_site(folder, distribution="Blog").distribution.logical_id == "Blog"


def test_the_front_ends_stack_means_the_distribution_that_leads_to_it(tmp_path: Path) -> None:
    def app() -> dict:
        return exporting(
            {"Pages": function("x"), "Live": alias("Pages", "regular"), **http_api("Http", "Live")}, "Http"
        )

    site = distribution(origin("regular", imported("Http")), partitions={"regular": "regular"})
    folder = write(tmp_path, App=app(), Edge={"Site": site}, Other={"Site": PARTED})
    assert read_site(folder, "App").stacks[0].name == "Edge"


def test_a_stack_without_a_distribution_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, Shop={"Site": PAGES}, Backend=API)
    with pytest.raises(AssemblyError, match=": Backend holds no CloudFront distribution"):
        read_site(folder, "Backend")
