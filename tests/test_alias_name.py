"""An alias name that Lambda would refuse is refused."""

import pytest
from aws_cdk import Aws
from hypothesis import given
from hypothesis import strategies as st

from prod_one_box import InvalidArgumentError
from prod_one_box.alias_name import check_alias_name

LETTERS = "abcXYZ-_"


@given(st.text(alphabet=LETTERS + "0123456789", min_size=1, max_size=128).filter(lambda name: not name.isdigit()))
def test_names_of_lambdas_own_alphabet_pass(name):
    check_alias_name(path="Shop/Backend", alias_name=name)


@pytest.mark.parametrize("name", ["", "$LATEST", "7", "live!", "li ve", "live\n", "a" * 129, "lïve", "live:1"])
def test_a_name_that_lambda_refuses_is_refused_with_what_is_allowed(name):
    with pytest.raises(InvalidArgumentError, match="alias_name") as raised:
        check_alias_name(path="Shop/Backend", alias_name=name)
    assert repr(name) in str(raised.value)
    assert "digits, hyphens and underscores" in str(raised.value)


def test_a_name_known_only_at_deploy_time_passes():
    check_alias_name(path="Shop/Backend", alias_name=Aws.STACK_NAME)
