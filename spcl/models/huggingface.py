"""SegFormer, DINOv2, DINOv3 and every other backbone of Hugging Face `transformers`, by name.

The package is imported here only, and only when such a backbone is built. SegFormer: Xie et al.
2021 (arXiv 2105.15203). DINOv2: Oquab et al. 2023 (arXiv 2304.07193). DINOv3: Siméoni et al. 2025
(arXiv 2508.10104). A network is described by the keys of its `transformers` configuration, which
a run records, so that it is built anew without a connection. Nothing is dropped at random unless
those keys say so: updates have no random state of their own (docs/decisions.md).
"""

import math
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spcl.errors import UserError
from spcl.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone, Neck
from spcl.models.published import PUBLISHED, SEGFORMER
from spcl.models.weight_files import first_line, hub_folder
from spcl.models.windowing import cut, padded

PREFIX = "hf:"
"""What the name of a backbone begins with that is not in the list below."""
NECK_CHANNELS = 256
_ADDED = "hidden_states_norms."  # put behind the stages by the backbone; begins as no change
_COARSEST_STRIDE = 32  # of most networks that have several levels
_FINEST = 4  # smallest stride that features get
_OWN_KEYS = ("pixel_mean", "pixel_std")
_NOT_ARCHITECTURE = (
    *("id2label", "label2id", "architectures", "transformers_version", "dtype"),
    *("stage_names", "out_features", "out_indices"),
)


class HuggingFace(Backbone):
    """A network of `transformers`, its levels fused to 256 channels at the stride of the finest.

    Images are padded inside to what the network can divide, and the features cut to the image.
    """

    trunk: "HuggingFaceTrunk"
    norm_stride: int | None = None

    def __init__(self, published: str | None, architecture: Mapping[str, Any]) -> None:
        """Build a network.

        Args:
            published: name of its weights on the hub, if any.
            architecture: keys of its `transformers` configuration, `model_type` among them, and
                `pixel_mean` and `pixel_std` where they are not ImageNet's.
        """
        super().__init__(
            mean=architecture.get("pixel_mean", IMAGENET_MEAN),
            std=architecture.get("pixel_std", IMAGENET_STD),
        )
        self.published = published
        self.trunk = HuggingFaceTrunk(
            {name: value for name, value in architecture.items() if name not in _OWN_KEYS}
        )
        self.stride = self.trunk.stride
        self.num_channels = NECK_CHANNELS
        self.neck = Neck(
            self.trunk.channels,
            NECK_CHANNELS,
            at=self.trunk.finest,
            norm=partial(nn.GroupNorm, 1),
        )
        if any(isinstance(layer, nn.BatchNorm2d) for layer in self.trunk.modules()):
            self.norm_stride = self.trunk.divisor

    def forward(self, images: Tensor) -> Tensor:
        """Compute the features of `images`, (B, 3, H, W) in [0, 1]."""
        size = (int(images.shape[2]), int(images.shape[3]))
        normalized = padded((images - self.mean) / self.std, self.trunk.divisor)
        features: Tensor = self.neck(self.trunk(normalized))
        return cut(features, size, padded_size=normalized.shape[2:], stride=self.stride)

    def default_weights(self) -> str | None:
        """Return the name of the weights on the hub."""
        return self.published

    def load_folder(self, folder: Path) -> None:
        """Load the network's weights as `transformers` saves them (RuntimeError: some miss)."""
        self.trunk.load_folder(folder)


class HuggingFaceTrunk(nn.Module):
    """Normalised images, of a size that `divisor` divides -> levels, finest first.

    Attributes:
        channels: of each level.
        finest: index of the level whose grid the features get.
        stride: of that level.
        divisor: pixels that both sides of an image must be a multiple of.
    """

    def __init__(self, architecture: Mapping[str, Any]) -> None:
        super().__init__()
        library = transformers()
        self.config = _config(library, architecture)
        if self.config.model_type != SEGFORMER:
            self.config.out_features = list(self.config.stage_names)[1:]
        strides, self.channels = self._measured(library)
        if len(set(strides)) == 1:  # one grid throughout, as in a plain transformer: its last layer
            self.config.out_features = self.config.out_features[-1:]
            strides, self.channels = strides[-1:], self.channels[-1:]
        self.finest = next(i for i, s in enumerate(strides) if s >= _FINEST or s == max(strides))
        self.stride, self.divisor = strides[self.finest], max(strides)
        self.network: nn.Module = _learning(self._built(library))

    def _built(self, library: Any) -> nn.Module:
        is_segformer = self.config.model_type == SEGFORMER
        make = library.SegformerModel if is_segformer else library.AutoBackbone.from_config
        network: nn.Module = make(self.config)
        return network

    def _measured(self, library: Any) -> tuple[list[int], list[int]]:
        """Return strides and channels of the levels; shapes alone are followed."""
        patch = getattr(self.config, "patch_size", 1)
        side = 4 * math.lcm(_COARSEST_STRIDE, patch if isinstance(patch, int) else 1)
        with torch.device("meta"), torch.no_grad():
            levels = self._levels(self._built(library).eval(), torch.empty(1, 3, side, side))
        return [side // int(v.shape[2]) for v in levels], [int(v.shape[1]) for v in levels]

    def _levels(self, network: nn.Module, images: Tensor) -> list[Tensor]:
        if self.config.model_type == SEGFORMER:
            return list(network(images, output_hidden_states=True).hidden_states)
        return list(network(images).feature_maps)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the levels, each (B, C_i, h_i, w_i)."""
        return self._levels(self.network, images)

    def load_folder(self, folder: Path) -> None:
        """Load what `transformers` saved in `folder` (RuntimeError: other or too few weights)."""
        try:
            kind: Any = type(self.network)
            network, found = kind.from_pretrained(
                str(folder),
                config=self.config,
                output_loading_info=True,
                local_files_only=True,
                dtype=torch.float32,
            )
        except (OSError, ValueError) as error:
            raise RuntimeError(first_line(error)) from None
        missing = sorted(key for key in found["missing_keys"] if not key.startswith(_ADDED))
        if missing:
            raise RuntimeError(f"{len(missing)} tensors are missing, the first is {missing[0]}")
        self.network = _learning(network.train(self.training))


def _learning(network: nn.Module) -> nn.Module:
    """Return `network`, of which the tokens that only its own pretraining uses learn nothing."""
    for name, parameter in network.named_parameters():
        if name.endswith("mask_token"):
            parameter.requires_grad_(False)
    return network


def architecture_of(name: str) -> dict[str, Any]:
    """Return the architecture that the name of a backbone stands for (UserError: none does).

    Args:
        name: a key of `PUBLISHED`, or `PREFIX` and a model type, a local folder with a config.json,
            or a name on the hub; only the last needs a network, and only once.
    """
    if name in PUBLISHED:
        return dict(PUBLISHED[name][1])
    what = name.removeprefix(PREFIX)
    library = transformers()
    if what in model_types(library):
        return {"model_type": what}
    folder = Path(what)
    if not folder.is_dir():
        folder = hub_folder(what, key="model.backbone")
    try:
        config = library.AutoConfig.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f'model.backbone is "{name}", and {folder} holds no configuration that transformers '
            f"{library.__version__} knows ({first_line(error)}); name another folder or model"
        ) from None
    raw = config.to_diff_dict()
    return {
        **{k: v for k, v in raw.items() if k not in _NOT_ARCHITECTURE and not _is_rate(k, v)},
        "model_type": config.model_type,
        **_pixels(library, folder),
    }


def _pixels(library: Any, folder: Path) -> dict[str, list[float]]:
    """Return the pixel statistics that the weights in `folder` expect, if it says them."""
    if not (folder / "preprocessor_config.json").is_file():
        return {}
    raw, _ = library.ImageProcessingMixin.get_image_processor_dict(str(folder))
    keys = {"pixel_mean": "image_mean", "pixel_std": "image_std"}
    return {ours: list(raw[theirs]) for ours, theirs in keys.items() if theirs in raw}


def model_types(library: Any) -> list[str]:
    """Return the model types that can be a backbone."""
    auto = import_module(f"{library.__name__}.models.auto.modeling_auto")
    return [SEGFORMER, *auto.MODEL_FOR_BACKBONE_MAPPING_NAMES]


def transformers() -> Any:
    """Import the package (UserError: it is missing)."""
    try:
        library = import_module("transformers")
    except ImportError:
        raise UserError(
            "this model.backbone needs the package transformers; pip install transformers, or use "
            "tiny, lite0, resnet50, resnet101 or vgg16"
        ) from None
    library.logging.set_verbosity_error()  # what is missing is said by `load_folder`
    library.logging.disable_progress_bar()
    return library


def _is_rate(key: str, value: Any) -> bool:
    """Return whether a key is the rate at which something is dropped in training."""
    return "drop" in key and isinstance(value, float)


def _config(library: Any, architecture: Mapping[str, Any]) -> Any:
    keys = dict(architecture)
    model_type = keys.pop("model_type", None)
    if model_type not in model_types(library):
        raise UserError(
            f"model.architecture has the model_type {model_type!r}, which is no backbone of "
            f"transformers {library.__version__}; use one of {', '.join(model_types(library))}"
        )
    config = library.AutoConfig.for_model(model_type, **keys)
    for key, value in config.to_dict().items():
        if _is_rate(key, value) and key not in keys:
            setattr(config, key, 0.0)
        elif isinstance(getattr(config, key, None), tuple):  # some networks add lists to it
            setattr(config, key, list(value))
    unknown = sorted(set(keys) - set(type(config)().to_dict()) - {"out_features", "out_indices"})
    if unknown:
        raise UserError(
            f"model.architecture has {', '.join(unknown)}, which {model_type} does not know; "
            "use the keys of its transformers configuration"
        )
    return config
