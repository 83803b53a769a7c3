"""The shop's API: products to look at and orders to place."""

import json
from typing import Any

PRODUCTS = [
    {"id": "kettle", "name": "Kettle", "price": 3900},
    {"id": "teapot", "name": "Teapot", "price": 5400},
    {"id": "cup", "name": "Cup", "price": 900},
]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers API Gateway's REST proxy events."""
    route = (event["httpMethod"], event["path"].rstrip("/"))
    if route == ("GET", "/api/products"):
        return answer(200, {"products": PRODUCTS})
    if route == ("POST", "/api/orders"):
        return place_order(event.get("body"))
    return answer(404, {"error": f"There is nothing at {event['path']}"})


def place_order(body: str | None) -> dict[str, Any]:
    """Accepts an order for a product that exists."""
    try:
        wanted = json.loads(body or "")["product"]
    except (ValueError, TypeError, KeyError):
        return answer(400, {"error": 'An order is JSON such as {"product": "cup"}'})
    if wanted not in {product["id"] for product in PRODUCTS}:
        return answer(404, {"error": f"There is no product {wanted}"})
    return answer(201, {"ordered": wanted})


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Builds the proxy answer; `no-store` keeps it out of every cache."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }
