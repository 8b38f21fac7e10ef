"""ResNet, VGG-16 and the DeepLab-v2 head against what is published of them."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from spcl.errors import UserError
from spcl.models.backbones import build_backbone
from spcl.models.deeplab import DeepLabHead, ResNetTrunk, VggTrunk
from spcl.models.segmenter import build_segmenter

BLOCKS = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}
CLASSIFIER = 2048 * 1000 + 1000
"""Parameters of the ImageNet classifier of a ResNet."""


def num_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("name", "published"),
    # Of the whole networks, as torchvision states them; of VGG-16 the 13 convolutions.
    [
        ("resnet50", 25_557_032 - CLASSIFIER),
        ("resnet101", 44_549_160 - CLASSIFIER),
        ("vgg16", 14_714_688),
    ],
)
def test_a_trunk_has_the_published_number_of_parameters(name: str, published: int) -> None:
    with torch.device("meta"):
        backbone = build_backbone(name, weights="none")
    assert num_parameters(backbone.trunk) == published


def test_the_head_is_four_convolutions_straight_to_class_scores() -> None:
    with torch.device("meta"):
        model = build_segmenter("resnet101", 19, weights="none")
        vgg = build_segmenter("vgg16", 19, weights="none")
    assert model.num_channels == 2048
    assert num_parameters(model.classifier) == 4 * (2048 * 19 * 9 + 19)
    assert vgg.num_channels == 1024
    fc6, fc7 = 512 * 1024 * 9 + 1024, 1024 * 1024 * 9 + 1024
    assert num_parameters(vgg.backbone.neck) == fc6 + fc7
    assert num_parameters(vgg.classifier) == 4 * (1024 * 19 * 9 + 19)


def test_the_head_sums_rates_6_12_18_and_24() -> None:
    head = DeepLabHead(1, 1)
    for branch in head.branches:
        nn.init.ones_(branch.weight)
        nn.init.zeros_(branch.bias)
    spot = torch.zeros(1, 1, 101, 101)
    spot[0, 0, 50, 50] = 1
    with torch.no_grad():
        row = head(spot)[0, 0, 50]
    reached = [26, 32, 38, 44, 50, 56, 62, 68, 74]
    assert row.nonzero().flatten().tolist() == reached
    assert row[reached].tolist() == [1, 1, 1, 1, 4, 1, 1, 1, 1]


def receptive_field(network: nn.Module, *, width: int = 2400) -> int:
    """Return how many columns of pixels reach one cell, found by spreading NaN from either side."""
    network = network.double().eval()

    def is_reached(columns: slice) -> bool:
        images = torch.ones(1, 3, 8, width, dtype=torch.float64)
        images[..., columns] = torch.nan
        with torch.no_grad():
            cells: Tensor = network(images)
        return bool(cells[0, :, 0, cells.shape[3] // 2].isnan().any())

    def first(*, from_left: bool) -> int:
        low, high = 0, width - 1
        while low < high:
            middle = (low + high) // 2
            part = slice(0, middle + 1) if from_left else slice(width - 1 - middle, width)
            low, high = (low, middle) if is_reached(part) else (middle + 1, high)
        return low

    left = first(from_left=True)
    right = width - 1 - first(from_left=False)
    return right - left + 1


@pytest.mark.slow
@pytest.mark.parametrize(("name", "published"), [("resnet50", 483), ("resnet101", 1027)])
def test_dilation_leaves_the_published_receptive_field(name: str, published: int) -> None:
    """Published by Araujo et al. 2019 (doi 10.23915/distill.00021) for strides before the 3x3.

    Torchvision strides in the 3x3 itself, so that three of them reach 1, 2 and 4 cells of stride 8
    less: 8 + 16 + 32 pixels.
    """
    expected = published - (8 + 16 + 32)
    for dilated in (False, True):
        trunk = ResNetTrunk(BLOCKS[name], 1, dilated=dilated)
        assert receptive_field(trunk) == expected
    trunk = ResNetTrunk(BLOCKS[name], 1)
    assert receptive_field(nn.Sequential(trunk, DeepLabHead(32, 2))) == expected + 2 * 24 * 8


def test_vgg_without_its_last_poolings_has_nearly_the_published_receptive_field() -> None:
    """Published by Araujo et al.: 212 after pool5, of which pool4 adds 8 and pool5 16."""
    expected = 212 - 16 - 8
    assert receptive_field(VggTrunk(1)) == expected
    backbone = build_backbone("vgg16", weights="none", architecture={"width": 1})
    whole = nn.Sequential(backbone.trunk, backbone.neck)
    assert receptive_field(whole) == expected + 2 * (2 * 4 * 8)


@pytest.mark.parametrize("name", ["resnet50", "vgg16"])
def test_weights_of_torchvision_fit_and_their_classifier_is_left_out(
    name: str, tmp_path: Path
) -> None:
    sizes = {"width": 2}
    first = build_backbone(name, weights="none", architecture=sizes)
    state = {n: v.clone() for n, v in first.trunk.state_dict().items()}
    assert (
        "layer3.0.downsample.1.running_var" if name == "resnet50" else "features.28.bias"
    ) in state
    rest = {"fc.weight": torch.zeros(3, 3), "classifier.0.weight": torch.zeros(3)}
    torch.save({**state, **rest}, tmp_path / "published.pth")
    second = build_backbone(name, weights=str(tmp_path / "published.pth"), architecture=sizes)
    torch.testing.assert_close(second.trunk.state_dict(), state, rtol=0, atol=0)
    torch.save({**rest, **dict(list(state.items())[1:])}, tmp_path / "part.pth")
    with pytest.raises(UserError, match=f"does not fit the backbone {name}"):
        build_backbone(name, weights=str(tmp_path / "part.pth"), architecture=sizes)


def test_pixels_are_normalized_as_on_imagenet() -> None:
    backbone = build_backbone("resnet50", weights="none", architecture={"width": 1})
    seen: list[Tensor] = []
    backbone.trunk.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    backbone.eval()(torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1).expand(1, 3, 32, 32))
    torch.testing.assert_close(seen[0], torch.zeros(1, 3, 32, 32))
    backbone(torch.ones(1, 3, 32, 32))
    green = seen[1][0, 1, 0, 0].item()
    assert green == pytest.approx((1 - 0.456) / 0.224)
