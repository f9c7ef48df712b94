"""What the page for those who teach says about MXNet."""

import pytest
from mxnet import cpu, gluon, init, np
from mxnet.gluon import nn

from tests.facts.claims import claim


@claim("teaching", "talk-blocks", "silently takes a label of 9 for the last class")
def test_a_label_out_of_range_is_the_last_class():
    loss, scores = gluon.loss.SoftmaxCrossEntropyLoss(), np.array([[1.0, 3.0, 2.0]])
    assert loss(scores, np.array([9])).item() == loss(scores, np.array([2])).item()


@claim("teaching", "talk-params", "Xavier refuses vectors")
def test_only_gammas_own_initializer_keeps_it_from_a_small_one():
    bias = gluon.Parameter("bias", shape=(3,))
    with pytest.raises(ValueError, match="cannot be applied to vector"):
        bias.initialize(init.Xavier())
    norm = nn.BatchNorm(in_channels=3)
    norm.initialize(init.Normal(0.01))
    assert norm.gamma.data().tolist() == [1, 1, 1]


@claim("teaching", "talk-params", "the same line must work for every network")
@claim("teaching", "talk-params", "`Trainer` does refuse an empty group")
def test_an_empty_group_can_be_set_but_not_trained():
    net = nn.Dense(2, use_bias=False)
    biases = net.collect_params(".*bias")
    assert list(biases) == []
    biases.setattr("grad_req", "null")
    with pytest.raises(TypeError):
        gluon.Trainer(biases, "sgd")


@claim("teaching", "talk-files", "the rate of a dropout, because it rests while predicting")
def test_a_witness_sees_neither_dropout_nor_flatten(tmp_path):
    def build(rate, flatten):
        net = nn.Sequential()
        net.add(nn.Dense(8, flatten=flatten), nn.Dropout(rate), nn.Dense(3, flatten=flatten))
        return net

    first, x = build(0.1, True), np.random.normal(size=(2, 4))
    first.initialize()
    outputs = first(x)
    first.save_parameters(str(tmp_path / "net.params"))
    for rate, flatten in ((0.9, True), (0.1, False)):
        other = build(rate, flatten)
        other.load_parameters(str(tmp_path / "net.params"))
        assert (other(x) == outputs).all()


@claim("teaching", "talk-gpu", "the layers then refuse an input from the other place")
def test_layers_refuse_the_other_place_and_a_sum_does_not():
    layer = nn.Dense(2, in_units=3)
    layer.initialize(ctx=cpu(1))
    x = np.ones((1, 3), ctx=cpu(0))
    with pytest.raises(RuntimeError, match="was not initialized on context"):
        layer(x)
    assert (x + np.ones((1, 3), ctx=cpu(1))).ctx == cpu(0)
