/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "policy-network.h"

#include "policy-bytes.h"

#include <istream>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace agents
{

PolicyNetwork::PolicyNetwork(std::vector<DenseLayer> layers,
                             Activation activation,
                             Eigen::Index actions)
    : m_layers(std::move(layers)),
      m_activation(activation),
      m_actions(actions)
{
    if (m_layers.empty() || actions < 1 || actions > m_layers.back().weight.rows())
    {
        throw std::invalid_argument("policy: expected layers with an output for each action");
    }
    CheckLayers(m_layers, m_layers.front().weight.cols());
    for (const DenseLayer& layer : m_layers)
    {
        m_units.emplace_back(layer.weight.rows());
    }
    SetNormaliser(Eigen::VectorXf::Zero(GetObservations()),
                  Eigen::VectorXf::Ones(GetObservations()),
                  10.0f);
    m_units.insert(m_units.begin(), Eigen::VectorXf::Zero(GetObservations()));
}

void
PolicyNetwork::SetNormaliser(const Eigen::VectorXf& mean, const Eigen::VectorXf& scale, float limit)
{
    if (mean.size() != GetObservations() || scale.size() != GetObservations() ||
        !mean.allFinite() || !scale.allFinite() || !(limit > 0))
    {
        throw std::invalid_argument("policy: a normaliser does not fit or is not finite");
    }
    m_mean = mean;
    m_scale = scale;
    m_limit = limit;
}

std::vector<DenseLayer>&
PolicyNetwork::GetLayers()
{
    return m_layers;
}

Eigen::Index
PolicyNetwork::GetObservations() const
{
    return m_layers.empty() ? 0 : m_layers.front().weight.cols();
}

Eigen::Index
PolicyNetwork::GetActions() const
{
    return m_actions;
}

const Eigen::VectorXf&
PolicyNetwork::GetOutputs(const Eigen::Ref<const Eigen::VectorXf>& observation) const
{
    m_units[0] =
        ((observation - m_mean).cwiseProduct(m_scale)).cwiseMax(-m_limit).cwiseMin(m_limit);
    for (std::size_t i = 0; i < m_layers.size(); ++i)
    {
        m_layers[i].Apply(m_units[i], m_units[i + 1]);
        if (i + 1 < m_layers.size())
        {
            Activate(m_activation, m_units[i + 1]);
        }
    }
    return m_units.back();
}

void
PolicyNetwork::Act(const Eigen::Ref<const Eigen::VectorXf>& observation,
                   Eigen::Ref<Eigen::VectorXf> action) const
{
    action = GetOutputs(observation).head(m_actions).unaryExpr(&Logistic);
}

void
PolicyNetwork::Write(std::ostream& out) const
{
    const uint32_t sizes[] = {static_cast<uint32_t>(m_layers.size()),
                              static_cast<uint32_t>(m_activation) + 1,
                              static_cast<uint32_t>(m_actions),
                              static_cast<uint32_t>(GetObservations())};
    WriteValues(out, sizes, 4);
    WriteValues(out, m_mean.data(), m_mean.size());
    WriteValues(out, m_scale.data(), m_scale.size());
    WriteValues(out, &m_limit, 1);
    for (const DenseLayer& layer : m_layers)
    {
        WriteLayer(out, layer);
    }
}

bool
PolicyNetwork::TakesSets() const
{
    return false;
}

std::shared_ptr<Policy>
PolicyNetwork::Clone() const
{
    return std::make_shared<PolicyNetwork>(*this);
}

void
PolicyNetwork::Save(Archive& archive) const
{
    std::ostringstream out;
    Write(out);
    archive.Put(SECTION, out.str());
}

PolicyNetwork
PolicyNetwork::Read(std::istream& in, const std::string& name)
{
    PolicyReader reader(in, name, SECTION);
    const uint32_t count = reader.ReadSize("number of layers", MAX_LAYERS);
    const uint32_t activation = reader.ReadSize("activation", 3);
    const uint32_t actions = reader.ReadSize("number of actions", MAX_UNITS);
    uint32_t inputs = reader.ReadSize("number of features", MAX_UNITS);
    Eigen::VectorXf mean(inputs);
    Eigen::VectorXf scale(inputs);
    float limit = 0;
    reader.Read(mean.data(), inputs);
    reader.Read(scale.data(), inputs);
    reader.Read(&limit, 1);
    std::vector<DenseLayer> layers;
    for (uint32_t i = 0; i < count; ++i)
    {
        layers.push_back(reader.ReadLayer(inputs));
        inputs = static_cast<uint32_t>(layers.back().weight.rows());
    }
    try
    {
        PolicyNetwork policy(std::move(layers), static_cast<Activation>(activation - 1), actions);
        policy.SetNormaliser(mean, scale, limit);
        return policy;
    }
    catch (const std::invalid_argument& error)
    {
        reader.Fail(std::string(": ") + error.what());
    }
}

} // namespace agents
