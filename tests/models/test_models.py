from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from spcl.errors import UserError
from spcl.models.backbones import build_backbone
from spcl.models.lite0 import Convolution
from spcl.models.segmenter import Segmenter, build_segmenter
from tests.support.small_backbones import SMALL, STRIDES, named

SIZES = {"lite0": {}, **SMALL}


def small_segmenter(name: str, **options: int | str) -> Segmenter:
    return build_segmenter(name, 5, weights="none", architecture=SIZES[name], **options)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("name", named(SIZES))
@pytest.mark.parametrize("size", [(64, 96), (57, 100)])
def test_features_and_logits_come_at_its_stride_for_any_size(
    name: str, size: tuple[int, int]
) -> None:
    model = small_segmenter(name).eval()
    with torch.no_grad():
        output = model(torch.rand(2, 3, *size))
    stride = model.backbone.stride
    assert stride == STRIDES.get(name, 8)
    grid = (-(-size[0] // stride), -(-size[1] // stride))
    assert output.features.min() >= 0
    assert output.features.shape == (2, model.num_channels, *grid)
    assert output.logits.shape == (2, 5, *grid)


@pytest.mark.slow
@pytest.mark.parametrize("name", named(SIZES))
def test_every_parameter_is_in_one_group_and_gets_a_gradient(name: str) -> None:
    model = small_segmenter(name)
    output = model(torch.rand(2, 3, 64, 64))
    F.cross_entropy(
        output.logits.flatten(2), torch.randint(0, 5, (2, output.logits[0, 0].numel()))
    ).backward()
    body, head = model.parameter_groups()
    assert len(body) + len(head) == len(list(model.parameters()))
    assert all((p.grad is not None) == p.requires_grad for p in [*body, *head])
    fixed = [n for n, p in model.named_parameters() if not p.requires_grad]
    assert all(n.endswith("mask_token") for n in fixed)
    assert {id(p) for p in model.classifier.parameters()} <= {id(p) for p in head}
    assert {id(p) for p in model.backbone.trunk.parameters()} == {id(p) for p in body}


@pytest.mark.slow
@pytest.mark.parametrize("name", named(["tiny", "resnet50", "vgg16", "segformer_b0"]))
def test_a_projection_head_gives_the_features_and_leaves_the_classifier_alone(name: str) -> None:
    torch.manual_seed(0)
    plain = small_segmenter(name)
    torch.manual_seed(0)
    model = small_segmenter(name, projection=7)
    images = torch.rand(2, 3, 64, 96)
    expected, output = plain(images), model(images)
    assert torch.equal(output.logits, expected.logits)
    assert torch.equal(output.shared, expected.features)
    assert expected.shared is expected.features
    assert model.num_channels == output.features.shape[1] == 7
    assert output.features.min() >= 0
    assert model.projection is not None
    _, head = model.parameter_groups()
    assert {id(p) for p in model.projection.parameters()} <= {id(p) for p in head}


def test_an_architecture_is_read_and_a_wrong_one_is_one_sentence() -> None:
    assert build_backbone("vgg16", weights="none", architecture={"width": 2}).num_channels == 32
    for architecture, said in (
        ({"wdith": 4}, "has wdith, which resnet50 has not; use blocks or width"),
        ({"blocks": [1, 1]}, "does not describe a resnet50"),
        ({"width": "wide"}, "does not describe a resnet50"),
    ):
        with pytest.raises(UserError, match=said):
            build_backbone("resnet50", weights="none", architecture=architecture)
    with pytest.raises(UserError, match="which tiny has not; it has one size"):
        build_backbone("tiny", architecture={"width": 4})


def test_memory_format_changes_nothing_but_the_speed() -> None:
    model = build_segmenter("tiny", 5).eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        expected = model(images).logits
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        logits = model(images.contiguous(memory_format=torch.channels_last)).logits
    torch.testing.assert_close(logits, expected, atol=1e-5, rtol=1e-4)


def test_tiny_has_less_than_half_a_million_parameters() -> None:
    assert sum(parameter.numel() for parameter in build_backbone("tiny").parameters()) < 500_000


def test_the_same_seed_gives_the_same_weights() -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        states.append(build_segmenter("tiny", 4).state_dict())
    torch.testing.assert_close(states[0], states[1], rtol=0, atol=0)


def test_unknown_backbone_is_named_with_the_nearest_right_one() -> None:
    with pytest.raises(UserError, match='"lite", .* did you mean "lite0"'):
        build_segmenter("lite", 3)
    with pytest.raises(UserError, match="use tiny, lite0, resnet50, .* or hf:NAME"):
        build_segmenter("something else", 3)


def test_missing_foreign_and_unfitting_weights_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        build_backbone("tiny", weights=str(tmp_path / "none.pth"))
    (tmp_path / "text.pth").write_text("hello")
    with pytest.raises(UserError, match="cannot be read"):
        build_backbone("tiny", weights=str(tmp_path / "text.pth"))
    torch.save({"a": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(UserError, match="does not fit the backbone tiny"):
        build_backbone("tiny", weights=str(tmp_path / "other.pth"))


def test_weights_of_a_backbone_can_be_saved_and_given_by_path(tmp_path: Path) -> None:
    first = build_backbone("tiny")
    torch.save(first.state_dict(), tmp_path / "tiny.pth")
    second = build_backbone("tiny", weights=str(tmp_path / "tiny.pth"))
    torch.testing.assert_close(first.state_dict(), second.state_dict(), rtol=0, atol=0)


def test_lite0_carries_all_published_weights_of_its_trunk() -> None:
    backbone = build_backbone("lite0")
    path = backbone.default_weights()
    assert path is not None
    published = torch.load(path, weights_only=True)
    rest = ("_conv_head", "_bn1", "_fc")
    expected = [value for name, value in published.items() if not name.startswith(rest)]
    loaded = list(backbone.trunk.state_dict().values())
    assert len(loaded) == len(expected)
    assert all(torch.equal(a, b) for a, b in zip(loaded, expected, strict=True))


def test_stride_two_is_padded_after_the_end_as_tensorflow_does() -> None:
    layer = Convolution(1, 1, kernel=3, stride=2, is_linear=True).eval()
    torch.nn.init.ones_(layer.convolution.weight)
    with torch.no_grad():
        filtered = layer(torch.arange(16.0).view(1, 1, 4, 4))[0, 0]
    torch.testing.assert_close(
        filtered, torch.tensor([[45.0, 39.0], [66.0, 50.0]]), rtol=1e-2, atol=0
    )


def test_weights_are_read_from_safetensors_and_from_a_folder(tmp_path: Path) -> None:
    first = build_backbone("tiny")
    save_file(first.state_dict(), tmp_path / "model.safetensors")
    for given in (tmp_path, tmp_path / "model.safetensors"):
        second = build_backbone("tiny", weights=str(given))
        torch.testing.assert_close(first.state_dict(), second.state_dict(), rtol=0, atol=0)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(UserError, match=r"model.safetensors cannot be read .*give the path"):
        build_backbone("tiny", weights=str(tmp_path))
    with pytest.raises(UserError, match="model.safetensors does not exist"):
        (tmp_path / "empty").mkdir()
        build_backbone("tiny", weights=str(tmp_path / "empty"))


@pytest.mark.slow
@pytest.mark.parametrize("name", named(SIZES))
def test_bfloat16_multiplies_roughly_and_gives_single_precision(name: str) -> None:
    torch.manual_seed(0)
    models = [small_segmenter(name, precision=p) for p in ("single", "bfloat16")]
    models[1].load_state_dict(models[0].state_dict())
    images = torch.rand(2, 3, 64, 96)
    exact, rough = (model.eval()(images) for model in models)
    assert rough.features.dtype == rough.logits.dtype == torch.float32
    assert not torch.equal(exact.logits, rough.logits)
    alike = F.cosine_similarity(rough.features, exact.features, dim=1)
    assert alike.min().item() > 0.99
    (gradient,) = torch.autograd.grad(rough.logits.sum(), rough.features)
    assert gradient.dtype == torch.float32 and float(gradient.abs().sum()) > 0
