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


def test_pooled_statistics_are_those_of_all_pixels_together() -> None:
    model, images = normalized_model(), shifted_images(7)
    images[5:] += 20  # so that most of the variance lies between the batches
    reestimate_batch_norm(model, images.split([4, 1, 2]), is_pooled=True)
    pixels = images.double().transpose(0, 1).flatten(1)
    torch.testing.assert_close(model[0].running_mean, pixels.mean(1).float())
    torch.testing.assert_close(model[0].running_var, pixels.var(1).float())
    mean = normalized_model()
    reestimate_batch_norm(mean, images.split([4, 1, 2]))
    assert (mean[0].running_var < 0.5 * model[0].running_var).all()


def test_pooled_and_mean_agree_on_one_batch_also_in_the_second_layer() -> None:
    models = [nn.Sequential(nn.BatchNorm2d(3), nn.ReLU(), nn.BatchNorm2d(3)) for _ in range(2)]
    for model, is_pooled in zip(models, (False, True), strict=True):
        reestimate_batch_norm(model, [shifted_images()], is_pooled=is_pooled)
    first, second = (batch_norm_statistics(model) for model in models)
    torch.testing.assert_close(first, second)


def test_pooling_leaves_modes_and_momenta_and_what_was_not_seen() -> None:
    model = normalized_model().train()
    before = batch_norm_statistics(model)
    reestimate_batch_norm(model, [], is_pooled=True)
    torch.testing.assert_close(batch_norm_statistics(model), before)
    reestimate_batch_norm(model, [shifted_images()], is_pooled=True)
    assert [module.training for module in model] == [True] * 3
    assert model[0].momentum == 0.1
    kept = batch_norm_statistics(model)
    model.eval()(shifted_images())
    torch.testing.assert_close(batch_norm_statistics(model), kept)
