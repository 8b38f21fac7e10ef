"""A batch seen in micro-batches: what is that of the whole, and what batch norm makes differ."""

import pytest
import torch
from torch import nn

from spcl.method.micro_batches import in_micro_batches


def images(count=8):
    batch = torch.rand(count, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    return batch.contiguous(memory_format=torch.channels_last)


def network(*layers):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), *layers, nn.Conv2d(6, 4, 3, stride=2))


def gradients(model, features, *, twice=False):
    """Return the gradients of a loss whose divisor and products reach over the whole batch."""
    model.zero_grad()
    rows = features.flatten(1)
    near = (rows @ rows.T).softmax(1).log().mean()
    if twice:
        near.backward(retain_graph=True)
        rows.square().mean().backward()
    else:
        (near + rows.square().mean()).backward()
    return [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("count", [2, 4, 8])
@pytest.mark.parametrize("twice", [False, True])
def test_without_batch_norm_outputs_and_gradients_are_those_of_the_whole(count, twice):
    model = network(nn.ReLU(inplace=True), nn.GroupNorm(2, 6))
    whole = model(images())
    parts = in_micro_batches(model, images(), count=count)
    torch.testing.assert_close(parts, whole, atol=1e-6, rtol=1e-5)
    expected = gradients(model, whole, twice=twice)
    for found, wanted in zip(gradients(model, parts, twice=twice), expected, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-6, rtol=1e-5)


def test_frozen_batch_norm_changes_nothing_either():
    model = network(nn.BatchNorm2d(6)).eval()
    expected = gradients(model, model(images()))
    found = gradients(model, in_micro_batches(model, images(), count=4))
    for one, wanted in zip(found, expected, strict=True):
        torch.testing.assert_close(one, wanted, atol=1e-6, rtol=1e-5)


def test_batch_norm_looks_at_each_micro_batch_and_follows_their_mean_once():
    norm = nn.BatchNorm2d(6, momentum=0.3)
    model = network(norm)
    norm.running_mean.fill_(2.0)
    norm.running_var.fill_(5.0)
    batch = images()
    seen = model[0](batch).detach()
    parts = [seen[place::4] for place in range(4)]
    means = torch.stack([part.mean((0, 2, 3)) for part in parts]).mean(0)
    variances = torch.stack([part.transpose(0, 1).flatten(1).var(1) for part in parts]).mean(0)
    features = in_micro_batches(model, batch, count=4)
    alone = model[2](nn.functional.batch_norm(parts[1], None, None, norm.weight, norm.bias, True))
    torch.testing.assert_close(features[1::4], alone)
    gradients(model, features, twice=True)  # what is seen again is not followed again
    torch.testing.assert_close(norm.running_mean, 0.7 * 2.0 + 0.3 * means)
    torch.testing.assert_close(norm.running_mean, 0.7 * 2.0 + 0.3 * seen.mean((0, 2, 3)))
    torch.testing.assert_close(norm.running_var, 0.7 * 5.0 + 0.3 * variances)
    assert norm.momentum == 0.3


def test_what_is_dropped_at_random_is_dropped_alike_on_the_way_back():
    model = network(nn.Dropout(0.5))
    torch.manual_seed(3)
    features = in_micro_batches(model, images(), count=2)
    torch.manual_seed(3)
    by_hand = [model(images()[place::2]) for place in range(2)]
    expected = gradients(model, torch.stack(by_hand, dim=1).flatten(0, 1))
    for found, wanted in zip(gradients(model, features), expected, strict=True):
        torch.testing.assert_close(found, wanted)


def test_nothing_but_the_images_is_kept_for_the_way_back():
    model = network(nn.ReLU(), nn.GroupNorm(2, 6), nn.ReLU())

    def kept(make):
        sizes = []
        hooks = (lambda tensor: sizes.append(tensor.numel()) or tensor, lambda tensor: tensor)
        with torch.autograd.graph.saved_tensors_hooks(*hooks):
            make()
        return sum(sizes)

    assert kept(lambda: in_micro_batches(model, images(), count=4)) <= images().numel()
    assert kept(lambda: model(images())) > 4 * images().numel()
