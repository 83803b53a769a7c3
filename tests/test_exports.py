"""What the package offers, and what importing it costs."""

import subprocess
import sys

import prod_one_box


def test_every_public_name_is_there_and_comes_from_the_package() -> None:
    for name in prod_one_box.__all__:
        assert getattr(prod_one_box, name).__module__.startswith("prod_one_box."), name


def test_the_names_for_type_checkers_are_the_names_at_run_time() -> None:
    source = open(prod_one_box.__file__).read()  # noqa: PTH123, SIM115
    for name in prod_one_box.__all__:
        assert source.count(f"{name} as {name}") == 1, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(prod_one_box, "Nothing")


def test_importing_the_package_imports_no_cdk_and_starts_no_node() -> None:
    program = (
        "import sys, prod_one_box, prod_one_box.cli;"
        "sys.exit(bool({'aws_cdk', 'jsii', 'constructs', 'tree_sitter', 'tree_sitter_javascript'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_importing_the_edge_loads_no_javascript_parser() -> None:
    program = "import sys; from prod_one_box import PartitionEdge; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
