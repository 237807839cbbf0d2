/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "set-policy-network.h"

#include "policy-bytes.h"

#include <cmath>
#include <istream>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace agents
{

namespace
{

constexpr Pooling POOLINGS[] = {Pooling::NONE, Pooling::MEAN_MAX, Pooling::ATTENTION};

/// @param layers of a network, not empty @return numbers that come out
Eigen::Index
GetOutputCount(const std::vector<DenseLayer>& layers)
{
    return layers.back().weight.rows();
}

/// @param shape of an observation @param layers a network @throw std::invalid_argument
void
CheckShape(const SetShape& shape, const SetLayers& layers)
{
    const Eigen::Index seen = shape.features + (shape.hasOffsets ? shape.actions : 0);
    if (shape.features < 1 || shape.actions < 1 || shape.observations < seen)
    {
        throw std::invalid_argument("policy: an observation has " +
                                    std::to_string(shape.observations) + " entries, expected " +
                                    std::to_string(seen) + " or more");
    }
    const bool isEncoded = layers.pooling != Pooling::NONE;
    const std::size_t attention = layers.pooling == Pooling::ATTENTION ? 4 : 0;
    if (layers.encoder.empty() == isEncoded || layers.attention.size() != attention)
    {
        throw std::invalid_argument("policy: the layers are not those of pooling " +
                                    GetName(layers.pooling));
    }
    Eigen::Index inputs = shape.features;
    if (isEncoded)
    {
        CheckLayers(layers.encoder, shape.features);
        const Eigen::Index units = GetOutputCount(layers.encoder);
        for (const DenseLayer& layer : layers.attention)
        {
            CheckLayers({layer}, units);
        }
        if (attention > 0 &&
            (units % SetLayers::HEADS != 0 || layers.attention.front().weight.rows() != units))
        {
            throw std::invalid_argument("policy: " + std::to_string(units) +
                                        " units of the encoder, expected a multiple of " +
                                        std::to_string(SetLayers::HEADS));
        }
        inputs += (layers.pooling == Pooling::MEAN_MAX ? 3 : 1) * units;
    }
    CheckLayers(layers.head, inputs);
    if (GetOutputCount(layers.head) != shape.actions)
    {
        throw std::invalid_argument("policy: expected an output for each action");
    }
}

} // namespace

std::string
GetName(Pooling pooling)
{
    switch (pooling)
    {
    case Pooling::MEAN_MAX:
        return "mean-max";
    case Pooling::ATTENTION:
        return "attention";
    default:
        return "none";
    }
}

Pooling
FindPooling(const std::string& name)
{
    for (const Pooling pooling : POOLINGS)
    {
        if (name == GetName(pooling))
        {
            return pooling;
        }
    }
    throw std::invalid_argument("pooling: '" + name + "', expected none, mean-max or attention");
}

SetPolicyNetwork::SetPolicyNetwork(const SetShape& shape, SetLayers layers)
    : m_shape(shape),
      m_layers(std::move(layers))
{
    CheckShape(m_shape, m_layers);
}

SetLayers&
SetPolicyNetwork::GetLayers()
{
    return m_layers;
}

const SetShape&
SetPolicyNetwork::GetShape() const
{
    return m_shape;
}

Eigen::Index
SetPolicyNetwork::GetObservations() const
{
    return m_shape.observations;
}

Eigen::Index
SetPolicyNetwork::GetActions() const
{
    return m_shape.actions;
}

bool
SetPolicyNetwork::TakesSets() const
{
    return true;
}

std::shared_ptr<Policy>
SetPolicyNetwork::Clone() const
{
    return std::make_shared<SetPolicyNetwork>(*this);
}

void
SetPolicyNetwork::Pass(const Eigen::Ref<const Eigen::MatrixXf>& inputs,
                       const std::vector<DenseLayer>& layers,
                       std::size_t first,
                       bool isActivated,
                       Eigen::MatrixXf& outputs) const
{
    for (std::size_t i = first; i < layers.size(); ++i)
    {
        m_units.resize(layers[i].bias.size(), inputs.cols());
        m_units.colwise() = layers[i].bias;
        if (i == first)
        {
            layers[i].AddEach(0, inputs, m_units);
        }
        else
        {
            layers[i].AddEach(0, outputs, m_units);
        }
        if (isActivated || i + 1 < layers.size())
        {
            ActivateMany(m_layers.activation, m_units);
        }
        outputs.swap(m_units);
    }
}

void
SetPolicyNetwork::Attend() const
{
    const Eigen::Index units = m_encoded.rows();
    const Eigen::Index each = units / SetLayers::HEADS;
    Eigen::MatrixXf projected[3];
    for (int i = 0; i < 3; ++i)
    {
        projected[i].resize(units, m_encoded.cols());
        projected[i].colwise() = m_layers.attention[i].bias;
        m_layers.attention[i].AddEach(0, m_encoded, projected[i]);
    }
    const auto& [query, key, value] = projected;
    Eigen::MatrixXf mixed(units, m_encoded.cols());
    for (Eigen::Index head = 0; head < SetLayers::HEADS; ++head)
    {
        const auto rows = [&](const Eigen::MatrixXf& all) {
            return all.middleRows(head * each, each);
        };
        Eigen::MatrixXf weights = rows(key).transpose() * rows(query); // keys x queries
        weights.array() /= std::sqrt(static_cast<float>(each));
        weights.rowwise() -= weights.colwise().maxCoeff().eval();
        weights = weights.array().exp().matrix().eval();
        weights.array().rowwise() /= weights.array().colwise().sum().eval();
        mixed.middleRows(head * each, each) = rows(value) * weights;
    }
    m_encoded.colwise() += m_layers.attention[3].bias;
    m_layers.attention[3].AddEach(0, mixed, m_encoded);
}

void
SetPolicyNetwork::BeginHead(const Eigen::Ref<const Eigen::MatrixXf>& features,
                            Eigen::MatrixXf& units) const
{
    const DenseLayer& first = m_layers.head.front();
    const Eigen::Index n = features.cols();
    const Eigen::Index encoded = m_encoded.rows();
    Eigen::VectorXf same = first.bias; // what all entities have alike
    if (m_layers.pooling == Pooling::MEAN_MAX)
    {
        Eigen::VectorXf pooled(2 * encoded);
        pooled << m_encoded.rowwise().mean(), m_encoded.rowwise().maxCoeff();
        first.AddEach(encoded + m_shape.features, pooled, same);
    }
    units.resize(same.rows(), n);
    units.colwise() = same;
    first.AddEach(0, m_encoded, units);
    first.AddEach(encoded, features, units);
}

const Eigen::MatrixXf&
SetPolicyNetwork::GetOutputs(const Eigen::Ref<const Eigen::VectorXf>& observation) const
{
    const Eigen::Index n = observation.size() / m_shape.observations;
    const Eigen::Map<const Eigen::MatrixXf> all(observation.data(), m_shape.observations, n);
    const auto features = all.topRows(m_shape.features);
    if (m_layers.pooling == Pooling::NONE)
    {
        Pass(features, m_layers.head, 0, false, m_outputs);
    }
    else
    {
        Pass(features, m_layers.encoder, 0, true, m_encoded);
        if (m_layers.pooling == Pooling::ATTENTION)
        {
            Attend();
        }
        BeginHead(features, m_outputs);
        if (m_layers.head.size() > 1)
        {
            ActivateMany(m_layers.activation, m_outputs);
            m_hidden.swap(m_outputs);
            Pass(m_hidden, m_layers.head, 1, false, m_outputs);
        }
    }
    if (m_shape.hasOffsets)
    {
        m_outputs += all.middleRows(m_shape.features, m_shape.actions);
    }
    return m_outputs;
}

void
SetPolicyNetwork::Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
                      Eigen::Ref<Eigen::VectorXf> action) const
{
    const Eigen::MatrixXf& outputs = GetOutputs(observation);
    action = outputs.reshaped().unaryExpr(&Logistic);
}

void
SetPolicyNetwork::Save(Archive& archive) const
{
    std::ostringstream out;
    const uint32_t sizes[] = {static_cast<uint32_t>(m_shape.observations),
                              static_cast<uint32_t>(m_shape.features),
                              static_cast<uint32_t>(m_shape.actions),
                              static_cast<uint32_t>(m_shape.hasOffsets),
                              static_cast<uint32_t>(m_layers.pooling),
                              static_cast<uint32_t>(m_layers.activation)};
    WriteValues(out, sizes, std::size(sizes));
    for (const auto* layers : {&m_layers.encoder, &m_layers.attention, &m_layers.head})
    {
        const auto count = static_cast<uint32_t>(layers->size());
        WriteValues(out, &count, 1);
        for (const DenseLayer& layer : *layers)
        {
            const auto inputs = static_cast<uint32_t>(layer.weight.cols());
            WriteValues(out, &inputs, 1);
            WriteLayer(out, layer);
        }
    }
    archive.Put(SECTION, out.str());
}

SetPolicyNetwork
SetPolicyNetwork::Read(std::istream& in, const std::string& name)
{
    PolicyReader reader(in, name, SECTION);
    SetShape shape;
    shape.observations = reader.ReadSize("number of entries", MAX_UNITS);
    shape.features = reader.ReadSize("number of features", MAX_UNITS);
    shape.actions = reader.ReadSize("number of actions", MAX_UNITS);
    shape.hasOffsets = reader.ReadSize("presence of offsets", 1, 0) == 1;
    SetLayers layers;
    layers.pooling = POOLINGS[reader.ReadSize("pooling", 2, 0)];
    layers.activation = static_cast<Activation>(reader.ReadSize("activation", 2, 0));
    for (auto* part : {&layers.encoder, &layers.attention, &layers.head})
    {
        const uint32_t count = reader.ReadSize("number of layers", MAX_LAYERS, 0);
        for (uint32_t i = 0; i < count; ++i)
        {
            part->push_back(reader.ReadLayer(reader.ReadSize("number of inputs", MAX_UNITS)));
        }
    }
    try
    {
        return SetPolicyNetwork(shape, std::move(layers));
    }
    catch (const std::invalid_argument& error)
    {
        reader.Fail(std::string(": ") + error.what());
    }
}

} // namespace agents
