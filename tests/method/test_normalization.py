import torch
from torch import Tensor, nn

from spcl.method.normalization import (
    batch_norm_statistics,
    load_batch_norm_statistics,
    reestimate_batch_norm,
)


def normalized_model() -> nn.Sequential:
    return nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Conv2d(3, 2, 1))


def shifted_images(num_images: int = 6) -> Tensor:
    return 5 + 3 * torch.randn(num_images, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def test_statistics_become_those_of_the_images_each_counted_once() -> None:
    model, images = normalized_model(), shifted_images(6)
    reestimate_batch_norm(model, images.split([4, 2]))
    torch.testing.assert_close(model[0].running_mean, images.mean((0, 2, 3)))
    parts = [part.var((0, 2, 3)) for part in images.split([4, 2])]
    torch.testing.assert_close(model[0].running_var, (4 * parts[0] + 2 * parts[1]) / 6)


def test_modes_momenta_and_parameters_stay() -> None:
    model = normalized_model().train()
    model[2].eval()
    before = [parameter.clone() for parameter in model.parameters()]
    reestimate_batch_norm(model, [shifted_images()])
    assert [module.training for module in model] == [True, True, False]
    assert model[0].momentum == 0.1
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_without_images_the_statistics_stay() -> None:
    model = normalized_model()
    before = batch_norm_statistics(model)
    reestimate_batch_norm(model, [])
    torch.testing.assert_close(batch_norm_statistics(model), before)


def test_a_model_without_batch_norm_is_left_alone_and_never_called() -> None:
    model = nn.Conv2d(3, 2, 1)
    reestimate_batch_norm(model, iter(["no image"]))  # type: ignore[list-item]
    assert batch_norm_statistics(model) == {}


def test_statistics_can_be_kept_and_put_back() -> None:
    model = normalized_model().eval()
    images, kept = shifted_images(), batch_norm_statistics(model)
    before = model(images)
    reestimate_batch_norm(model, [images])
    assert not torch.allclose(model(images), before)
    load_batch_norm_statistics(model, kept)
    assert torch.equal(model(images), before)
