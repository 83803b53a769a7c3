"""Random distributions: a behavior or an error page of a partition without the edge's choice is named."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prod_one_box.template.mixed_releases import choosing_functions, mixed_releases

EDGE = {"Fn::GetAtt": ["Edge", "FunctionARN"]}
DOMAINS = {
    "one": {"Fn::Join": ["", [{"Ref": "One"}, ".example.com"]]},
    "regular": {"Fn::Join": ["", [{"Ref": "Regular"}, ".example.com"]]},
    "again": {"Fn::Join": ["", [{"Ref": "Regular"}, ".", "example.com"]]},  # the same place by another object
    "bucket": "bucket.example.com",
    "group": None,
}
WHOSE = {"one": "one-box", "regular": "regular", "again": "regular", "group": "regular"}
PATTERNS = {"/search/*": "/search/found.html", "/errors/*": "/errors/500.html", "*.css": "/a.css"}

behaviors = st.dictionaries(
    st.sampled_from(sorted(PATTERNS)), st.tuples(st.sampled_from(sorted(DOMAINS)), st.booleans()), max_size=3
)
pages = st.lists(st.sampled_from([*PATTERNS.values(), "/index.html"]), max_size=3, unique=True)


def behavior(origin: str, has_edge: bool, **more: object) -> dict[str, Any]:
    function = EDGE if has_edge else {"Fn::GetAtt": ["Own", "FunctionARN"]}
    return {
        "TargetOriginId": origin,
        "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": function}],
        **more,
    }


def distribution(further: dict[str, tuple[str, bool]], errors: list[str]) -> dict[str, Any]:
    origins = [{"Id": name, "DomainName": domain} for name, domain in DOMAINS.items() if domain]
    members = {"Items": [{"OriginId": "bucket"}, {"OriginId": "regular"}]}
    return {
        "Origins": origins,
        "OriginGroups": {"Items": [{"Id": "group", "Members": members}]},
        "DefaultCacheBehavior": behavior("regular", True),
        "CacheBehaviors": [behavior(*said, PathPattern=pattern) for pattern, said in further.items()],
        "CustomErrorResponses": [
            *({"ErrorCode": 404, "ResponsePagePath": page} for page in errors),
            {"ErrorCode": 503, "ErrorCachingMinTTL": 0},
        ],
    }


def in_a_constructs_spelling(value: Any) -> Any:
    if isinstance(value, list):
        return [in_a_constructs_spelling(item) for item in value]
    if isinstance(value, dict) and not any(key.startswith(("Ref", "Fn::")) for key in value):
        renamed = {"FunctionARN": "functionArn"}
        return {
            renamed.get(key, key[0].lower() + key[1:]): in_a_constructs_spelling(each) for key, each in value.items()
        }
    return value


@given(behaviors, pages)
def test_what_serves_a_partition_without_the_edge_is_named_and_nothing_else(further: Any, errors: list[str]) -> None:
    config = distribution(further, errors)
    partitions = {"one": "one-box", "regular": "regular"}
    functions = choosing_functions(config["DefaultCacheBehavior"])

    said = list(mixed_releases(config, partitions, functions))

    expected = [f"The behavior {pattern} " for pattern, (o, has_edge) in further.items() if o in WHOSE and not has_edge]
    served = {PATTERNS[pattern]: origin for pattern, (origin, _) in further.items()}
    expected += [f"The error page {page} " for page in errors if served.get(page, "regular") in WHOSE]
    assert [sentence[: len(begin)] for sentence, begin in zip(said, expected, strict=True)] == expected
    assert list(mixed_releases(in_a_constructs_spelling(config), partitions, functions)) == said


def test_the_one_boxs_domain_that_travels_with_lambda_at_edge_is_its_origin() -> None:
    header = {"HeaderName": "x-one-box-origin-domain", "HeaderValue": DOMAINS["one"]}
    config = distribution({"/search/*": ("one", False)}, [])
    config["Origins"][1]["OriginCustomHeaders"] = [header]

    (sentence,) = mixed_releases(config, {"regular": "regular"}, choosing_functions(config["DefaultCacheBehavior"]))

    assert "has the one-box partition's origin without the edge's functions" in sentence


def test_the_default_behavior_is_named_as_any_other() -> None:
    config = distribution({}, [])

    (without,) = mixed_releases(config, {"regular": "regular"}, ())
    (anothers,) = mixed_releases(config, {}, (), choosing_functions(config["DefaultCacheBehavior"]))

    assert without.startswith("The default behavior has the regular partition's origin without the edge's functions")
    assert anothers.startswith("The default behavior has the functions of another distribution's edge")
    assert not list(mixed_releases(config, {}, ()))


def test_a_behavior_with_the_edges_viewer_response_function_alone_is_named() -> None:
    config = distribution({"/search/*": ("regular", True)}, [])
    config["CacheBehaviors"][0]["FunctionAssociations"][0]["EventType"] = "viewer-response"

    (sentence,) = mixed_releases(config, {"regular": "regular"}, choosing_functions(config["DefaultCacheBehavior"]))

    assert sentence.startswith("The behavior /search/* has the regular partition's origin without the edge's functions")
