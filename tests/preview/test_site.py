"""The site that is previewed is one distribution with what stands behind it, and nothing of another site."""

from pathlib import Path

import pytest

from assembly.assemblies import write
from prod_one_box.assembly.cloud_assembly import AssemblyError
from prod_one_box.preview.site import read_site

PAGES = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {"DefaultCacheBehavior": {}}}}
NAMES_THE_API = {
    "Type": "AWS::CloudFront::Distribution",
    "Properties": {"DistributionConfig": {"Origins": [{"Id": "o", "DomainName": {"Fn::ImportValue": "Api"}}]}},
}
API = {
    "Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api"}},
    "Outputs": {"Api": {"Value": {"Ref": "Api"}, "Export": {"Name": "Api"}}},
}


def test_stacks_that_the_site_does_not_lead_to_stay_out(tmp_path: Path) -> None:
    other = {"Live": {"Type": "AWS::Lambda::Alias", "Metadata": {"ProdOneBox": {"Phase": "one-box"}}}}
    site = read_site(write(tmp_path, Shop={"Site": NAMES_THE_API}, Backend=API, Blog=other))
    assert site.resources.keys() == {"Site", "Api"}
    assert site.phases == {}


@pytest.mark.parametrize("name", ["Prod/Shop", "Prod_Shop", "Prod-Shop"])
def test_a_stack_is_known_by_each_of_its_names(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, Prod_Shop={"Site": PAGES}, Dev_Shop={"Site": PAGES})
    assert read_site(folder, name).stack == "Prod/Shop"


def test_among_several_distributions_the_user_must_choose(tmp_path: Path) -> None:
    folder = write(tmp_path, Prod={"Site": PAGES}, Dev={"Site": PAGES})
    with pytest.raises(
        AssemblyError, match=r"several distributions \(Prod/Site, Dev/Site\); name one's stack: --stack"
    ):
        read_site(folder)


def test_a_stack_without_a_distribution_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, Shop={"Site": PAGES}, Backend=API)
    with pytest.raises(AssemblyError, match=": Backend holds no CloudFront distribution"):
        read_site(folder, "Backend")
