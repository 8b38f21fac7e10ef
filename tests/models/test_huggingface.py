"""Backbones of transformers: sizes, padding, weights, and what is said where they are missing."""

import doctest
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from spcl.errors import UserError
from spcl.models import windowing
from spcl.models.backbones import build_backbone, complete_architecture, norm_stride
from spcl.models.published import PUBLISHED
from spcl.models.windowing import cut, padded
from tests.support.small_backbones import SMALL, WITHOUT_BATCH_NORM

pytestmark = pytest.mark.slow

transformers = pytest.importorskip("transformers")


@pytest.mark.parametrize(
    ("name", "millions"),
    # Counted here, so that a change is noticed. The README of DINOv2 publishes 21 M and 86 M; ours
    # hold the places of an image of 518 pixels, too. No published count of the others was read.
    [("segformer_b5", 81.4), ("dinov2_small", 22), ("dinov2_base", 86.6), ("dinov3_base", 85.7)],
)
def test_a_network_keeps_its_number_of_parameters(name: str, millions: float) -> None:
    with torch.device("meta"):
        trunk = build_backbone(name, weights="none").trunk
    number = sum(parameter.numel() for parameter in trunk.parameters())
    assert number / 1e6 == pytest.approx(millions, rel=0.005)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_name_is_complete_without_a_connection(name: str) -> None:
    assert complete_architecture(name, {"hidden_act": "relu"})["hidden_act"] == "relu"
    model_type = complete_architecture(name, {})["model_type"]
    assert model_type.split("_")[0] == name.split("_")[0]


@pytest.mark.parametrize("name", SMALL)
def test_only_networks_with_batch_norm_say_a_stride_for_it(name: str) -> None:
    stride = norm_stride(name, SMALL[name])
    assert (stride is None) == (name in WITHOUT_BATCH_NORM)
    backbone = build_backbone(name, weights="none", architecture=SMALL[name])
    has = any(isinstance(layer, nn.BatchNorm2d) for layer in backbone.modules())
    assert has == (stride is not None)


def test_the_example_of_cutting_is_true() -> None:
    assert doctest.testmod(windowing) == (0, 3)


def test_images_are_padded_inside_and_features_cut_to_the_image() -> None:
    """Channel 0 of a grid over the padded image holds where each cell lies, in pixels."""
    images = torch.zeros(1, 3, 57, 100)
    whole = padded(images, 14)
    assert whole.shape == (1, 3, 70, 112)
    assert padded(whole, 14).shape == whole.shape
    column = (torch.arange(8.0) + 0.5) * 14
    grid = column.view(1, 1, 1, 8).expand(1, 1, 5, 8)
    result = cut(grid, (57, 100), padded_size=whole.shape[2:], stride=14)
    assert result.shape == (1, 1, 5, 8)
    centers = (torch.arange(8.0) + 0.5) * 100 / 8
    torch.testing.assert_close(result[0, 0, 0, 1:], centers[1:])
    assert result[0, 0, 0, 0] == 7  # the first cell ends where the image begins: nothing before it
    assert cut(grid, (70, 112), padded_size=whole.shape[2:], stride=14) is grid


@pytest.mark.parametrize("name", ["dinov2_small", "segformer_b0", "hf:convnext"])
def test_padding_hardly_changes_what_is_seen_far_from_it(name: str) -> None:
    backbone = build_backbone(name, weights="none", architecture=SMALL[name]).eval()
    images = torch.rand(1, 3, 112, 224)
    with torch.no_grad():
        exact, more = backbone(images), backbone(torch.nn.functional.pad(images, (0, 0, 0, 1)))
    assert more.shape[2] == exact.shape[2] + (1 if 112 % backbone.stride == 0 else 0)
    assert more.shape[3] == exact.shape[3]


@pytest.mark.parametrize("name", ["segformer_b0", "dinov2_small", "dinov3_small", "hf:convnext"])
def test_weights_come_from_a_folder_as_transformers_saves_it(tmp_path: Path, name: str) -> None:
    first = build_backbone(name, weights="none", architecture=SMALL[name])
    network = first.trunk.network
    network.save_pretrained(tmp_path)
    second = build_backbone(name, weights=str(tmp_path), architecture=SMALL[name])
    expected = network.state_dict()
    torch.testing.assert_close(second.trunk.network.state_dict(), expected, rtol=0, atol=0)
    for key in ("hidden_size", "hidden_sizes"):
        if key in SMALL[name]:
            wider = [16, 32, 48, 64] if key == "hidden_sizes" else 64
            other = {**SMALL[name], key: wider}
    with pytest.raises(UserError, match=f"does not fit the backbone {name}"):
        build_backbone(name, weights=str(tmp_path), architecture=other)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("segformer_b0", "SegformerForImageClassification"),
        ("dinov2_small", "Dinov2Model"),
        ("dinov3_small", "DINOv3ViTModel"),
        ("hf:convnext", "ConvNextForImageClassification"),
    ],
)
def test_weights_are_found_in_the_models_that_are_published(
    tmp_path: Path, name: str, whole: str
) -> None:
    """Those on the hub have a classifier, or are no backbone but the model around one."""
    config = build_backbone(name, weights="none", architecture=SMALL[name]).trunk.config
    published = getattr(transformers, whole)(config)
    published.save_pretrained(tmp_path)
    loaded = build_backbone(name, weights=str(tmp_path), architecture=SMALL[name]).trunk.network
    sums = sorted(float(v.double().abs().sum()) for v in loaded.state_dict().values())
    theirs = {float(v.double().abs().sum()) for v in published.state_dict().values()}
    is_new = [s for s in sums if s not in theirs]
    assert len(is_new) <= (8 if "convnext" in name else 0)


def test_a_folder_names_its_architecture_and_its_pixels(tmp_path: Path) -> None:
    network = build_backbone("dinov2_small", weights="none", architecture=SMALL["dinov2_small"])
    network.trunk.network.save_pretrained(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text(
        '{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25]}'
    )
    name = f"hf:{tmp_path}"
    recorded = complete_architecture(name, {})
    assert recorded["model_type"] == "dinov2"
    assert recorded["hidden_size"] == 32
    assert recorded["pixel_mean"] == [0.5, 0.5, 0.5]
    again = build_backbone("hf:gone/away", weights="none", architecture=recorded)
    assert again.std.flatten().tolist() == [0.25, 0.25, 0.25]
    loaded = build_backbone(name, weights=str(tmp_path))
    expected = network.trunk.network.state_dict()
    torch.testing.assert_close(loaded.trunk.network.state_dict(), expected, rtol=0, atol=0)


def test_weights_that_miss_tensors_are_refused(tmp_path: Path) -> None:
    shallow = {**SMALL["dinov2_small"], "num_hidden_layers": 1}
    build_backbone(
        "dinov2_small", weights="none", architecture=shallow
    ).trunk.network.save_pretrained(tmp_path)
    with pytest.raises(UserError, match="tensors are missing, the first is"):
        build_backbone("dinov2_small", weights=str(tmp_path), architecture=SMALL["dinov2_small"])


def test_without_a_connection_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise OSError("Network is unreachable")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    said = (
        r"model.weights needs timm/resnet50.tv_in1k from the Hugging Face hub, which cannot be "
        r"fetched \(Network is unreachable\); download that folder .* give its path"
    )
    with pytest.raises(UserError, match=said):
        build_backbone("resnet50", architecture={"width": 1, "blocks": [1, 1, 1, 1]})
    with pytest.raises(UserError, match="needs facebook/dinov2-small from"):
        build_backbone("dinov2_small", architecture=SMALL["dinov2_small"])
    with pytest.raises(UserError, match="needs someone/weights from"):
        build_backbone("tiny", weights="hub:someone/weights")
    with pytest.raises(
        UserError, match="model.backbone needs someone/model from.*give hf: and its path"
    ):
        build_backbone("hf:someone/model", weights="none")


def test_what_the_hub_gave_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = build_backbone("resnet50", weights="none", architecture={"width": 1})
    save_file(first.trunk.state_dict(), tmp_path / "model.safetensors")
    asked: list[str] = []
    monkeypatch.setattr(
        "huggingface_hub.snapshot_download", lambda name, **_: asked.append(name) or str(tmp_path)
    )
    second = build_backbone("resnet50", architecture={"width": 1})
    assert asked == ["timm/resnet50.tv_in1k"]
    torch.testing.assert_close(second.state_dict(), first.state_dict(), rtol=0, atol=0)


def test_without_the_package_a_sentence_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match=r"needs the package transformers; .* or use tiny, lite0"):
        build_backbone("segformer_b0", weights="none")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(UserError, match="the package huggingface_hub is missing"):
        build_backbone("resnet50", architecture={"width": 1})
    assert build_backbone("tiny").num_channels == 64


def test_unknown_types_and_keys_are_named() -> None:
    with pytest.raises(UserError, match="the model_type 'gpt2', which is no backbone"):
        build_backbone("hf:x", weights="none", architecture={"model_type": "gpt2"})
    with pytest.raises(UserError, match="has hiden_size, which dinov2 does not know"):
        build_backbone("dinov2_small", weights="none", architecture={"hiden_size": 8})


def test_nothing_is_dropped_at_random_unless_it_is_asked_for() -> None:
    """Updates have no random state of their own; else a resumed run would be another run."""
    backbone = build_backbone("segformer_b0", weights="none", architecture=SMALL["segformer_b0"])
    images = torch.rand(1, 3, 64, 64)
    assert torch.equal(backbone(images), backbone(images))
    dropping = {**SMALL["segformer_b0"], "hidden_dropout_prob": 0.5}
    backbone = build_backbone("segformer_b0", weights="none", architecture=dropping)
    assert not torch.equal(backbone(images), backbone(images))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model_type", "strides", "at"),
    [
        *(
            ("convnext", [4, 8, 16, 32], 4),
            ("focalnet", [8, 16, 32, 32], 8),
            ("swin", [4, 8, 16, 32], 4),
        ),
        *(("pvt_v2", [8, 16, 32], 8), ("pp_lcnet", [2, 4, 8, 16, 32], 4), ("beit", [16], 16)),
    ],
)
def test_any_backbone_of_transformers_says_its_strides_itself(
    model_type: str, strides: list[int], at: int
) -> None:
    with torch.device("meta"):
        backbone = build_backbone(f"hf:{model_type}", weights="none")
        features = backbone(torch.empty(1, 3, 100, 224))
    assert backbone.stride == at
    assert backbone.trunk.divisor == max(strides)
    assert features.shape == (1, 256, -(-100 // at), 224 // at)


def test_a_network_of_one_image_size_is_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="does not describe a hf:vitpose_backbone"):
        build_backbone("hf:vitpose_backbone", weights="none")
