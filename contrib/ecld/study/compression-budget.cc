/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "compression-budget.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ecld
{

namespace
{

constexpr double MEBIBYTE = 1048576;

/// @param tokenizer vocabulary @param config model @param companions templates @return bytes of a
/// GGUF header, a bit too many
int64_t
EstimateMetadataBytes(const Tokenizer& tokenizer,
                      const ModelConfig& config,
                      const CompanionFiles& companions)
{
    // Texts have 8 bytes of length, tokens 4 of type; tensor infos take below 128 bytes.
    std::size_t bytes = 65536 + 128 * GetExpectedTensors(config).size();
    for (int32_t id = 0; id < config.vocabularySize; ++id)
    {
        bytes += 32 + (id < tokenizer.GetVocabularySize() ? tokenizer.GetToken(id).size() : 0);
    }
    for (const std::string& merge : tokenizer.GetMerges())
    {
        bytes += 8 + merge.size();
    }
    for (const auto& [name, text] : companions.templates)
    {
        bytes += 128 + 2 * name.size() + text.size();
    }
    return static_cast<int64_t>(bytes);
}

DeploymentTypes
ChooseTypes(const CheckpointSettings& settings, const DeviceModel& device)
{
    DeploymentTypes types;
    types.matrices = device.weightBits == 4 ? GgufType::Q4_K : GgufType::Q8_0;
    return settings.types.value_or(types);
}

/// @param settings what was asked for @param device for whom @param config of the full model
/// @return largest file, bytes
double
GetAllowedBytes(const CheckpointSettings& settings,
                const DeviceModel& device,
                const ModelConfig& config)
{
    const double bf16 = 2 * static_cast<double>(config.GetParameterCount());
    const double share = settings.sizeShare * device.weightBits / 4;
    return settings.sizeMiB ? *settings.sizeMiB * MEBIBYTE : share * bf16;
}

} // namespace

CompressionBudget::CompressionBudget(const CheckpointSettings& settings,
                                     const DeviceModel& device,
                                     const ModelConfig& config,
                                     const Tokenizer& tokenizer,
                                     const CompanionFiles& companions)
    : m_settings(settings),
      m_config(config),
      m_types(ChooseTypes(settings, device)),
      m_fileBytes(GetAllowedBytes(settings, device, config)),
      m_metadataBytes(EstimateMetadataBytes(tokenizer, config, companions))
{
}

const DeploymentTypes&
CompressionBudget::GetTypes() const
{
    return m_types;
}

bool
CompressionBudget::NeedsPruning() const
{
    return CountBytes(m_config) > GetTensorBytes();
}

int64_t
CompressionBudget::GetFileBytes() const
{
    return static_cast<int64_t>(m_fileBytes);
}

int64_t
CompressionBudget::GetTensorBytes() const
{
    return GetFileBytes() - m_metadataBytes;
}

int64_t
CompressionBudget::CountBytes(const ModelConfig& config) const
{
    return GetDeployedBytes(config, m_types);
}

PruningLimits
CompressionBudget::GetLimits() const
{
    PruningLimits limits;
    limits.widthMultiple = std::max<int64_t>(64, GetBlockElements(m_types.matrices));
    limits.prunesChannels = false; // the residual stream tolerates least
    limits.prunesLayers = true;
    return limits;
}

void
CompressionBudget::RequireShape() const
{
    if (!NeedsPruning())
    {
        return;
    }
    const int64_t smallest = GetSmallestBytes(
        m_config,
        [this](const ModelConfig& config) { return CountBytes(config); },
        GetLimits());
    if (smallest <= GetTensorBytes())
    {
        return;
    }
    const auto bytes = static_cast<double>(smallest + m_metadataBytes);
    std::ostringstream text;
    text << (m_settings.sizeMiB ? "--sizeMiB=" : "--sizeShare=")
         << m_settings.sizeMiB.value_or(m_settings.sizeShare) << ": no shape fits into "
         << m_fileBytes / MEBIBYTE << " MiB, the smallest takes --sizeMiB=" << std::fixed
         << std::setprecision(2) << std::ceil(100 * bytes / MEBIBYTE) / 100;
    throw std::invalid_argument(text.str());
}

} // namespace ecld
