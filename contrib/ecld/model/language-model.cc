/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "language-model.h"

#include "checkpoint.h"
#include "torch-threads.h"
#include "transformer.h"

#include <ATen/ATen.h>
#include <utility>

namespace ecld
{

void
LanguageModel::CheckDevice(const std::string& device)
{
    FindDevice(device);
}

LanguageModel
LanguageModel::Create(const ModelConfig& config, uint64_t seed, const std::string& device)
{
    CheckModelConfig(config, "model");
    SetTorchThreads(1);
    auto network = std::make_unique<Transformer>(config, FindDevice(device));
    network->Initialise(seed);
    return LanguageModel(std::move(network));
}

LanguageModel
LanguageModel::Load(const std::string& folder, const std::string& device, int threads)
{
    SetTorchThreads(threads);
    return LanguageModel(LoadCheckpoint(folder, FindDevice(device)));
}

LanguageModel::LanguageModel(std::unique_ptr<Transformer> network)
    : m_network(std::move(network))
{
}

LanguageModel::LanguageModel(LanguageModel&&) noexcept = default;
LanguageModel& LanguageModel::operator=(LanguageModel&&) noexcept = default;
LanguageModel::~LanguageModel() = default;

void
LanguageModel::Save(const std::string& folder, DataType type) const
{
    SaveCheckpoint(*m_network, folder, type);
}

LanguageModel
LanguageModel::Clone() const
{
    auto network = std::make_unique<Transformer>(*m_network);
    for (const auto& [name, weight] : m_network->GetWeights())
    {
        network->SetWeight(name, weight.detach().clone());
    }
    return LanguageModel(std::move(network));
}

const ModelConfig&
LanguageModel::GetConfig() const
{
    return m_network->GetConfig();
}

Transformer&
LanguageModel::GetNetwork() const
{
    return *m_network;
}

} // namespace ecld
