"""What a person does with a mouse, where several tests need it."""

from typing import Any

MAP = "[data-chart=feature-map]"


def drag_over_map(page: Any, *corners: tuple[float, float]) -> None:
    """Drag over the feature map through corners given as shares of its width and height."""
    box = page.locator(f"{MAP} canvas.over").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
