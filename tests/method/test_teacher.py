import torch
from torch import nn

from spcl.method.teacher import Teacher


def small_model(value: float = 0.0) -> nn.Module:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    with torch.no_grad():
        for tensor in (*model.parameters(), model[1].running_mean, model[1].running_var):
            tensor.fill_(value)
    return model


def test_early_updates_are_a_plain_mean_and_later_ones_a_moving_average() -> None:
    teacher = Teacher(small_model(0.0), momentum=0.75)
    averages = []
    for _ in range(4):
        teacher.update(small_model(1.0))
        averages.append(float(next(teacher.model.parameters()).flatten()[0].detach()))
    torch.testing.assert_close(averages, [1 / 2, 2 / 3, 3 / 4, 13 / 16])


def test_buffers_are_averaged_and_counters_copied() -> None:
    student = small_model(0.0)
    teacher = Teacher(student, momentum=0.9)
    other = small_model(1.0)
    other(torch.rand(2, 3, 4, 4))
    teacher.update(other)
    norm = teacher.model[1]
    torch.testing.assert_close(norm.running_mean, other[1].running_mean / 2)
    assert int(norm.num_batches_tracked) == 1


def test_teacher_stays_in_eval_mode_without_gradients_and_apart_from_the_student() -> None:
    student = small_model(1.0).train()
    teacher = Teacher(student)
    teacher.update(student)
    assert not any(module.training for module in teacher.model.modules())
    assert not any(parameter.requires_grad for parameter in teacher.model.parameters())
    assert student.training
    with torch.no_grad():
        next(student.parameters()).fill_(5)
    assert float(next(teacher.model.parameters()).max()) == 1


def test_state_continues_bit_for_bit() -> None:
    first, second = Teacher(small_model(0.0)), Teacher(small_model(3.0))
    first.update(small_model(1.0))
    second.load_state_dict(first.state_dict())
    for teacher in (first, second):
        teacher.update(small_model(2.0))
    for name, value in first.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name
