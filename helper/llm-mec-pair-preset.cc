/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-pair-preset.h"

#include "ns3/log.h"

#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecPairPreset");

const std::vector<LlmMecPairPreset>&
LlmMecPairPreset::GetAll()
{
    static const std::vector<LlmMecPairPreset> presets{
        {"qwen3",
         "roofline:galaxy-s23:qwen3-0.6b",
         "roofline:rtx3090:qwen3-8b",
         4,
         0.77,
         151936,
         "nano-PEARL docs/bench_summary_l40s.md at 6d187e3, Qwen3-0.6B for Qwen3-32B: 1 - 1/MAT is "
         "0.68 to 0.86 over four tasks; 0.77 is that of CNNDM. For Qwen3-8B an assumption."},
        {"llama-3.2",
         "roofline:galaxy-s23:llama-3.2-1b",
         "roofline:rtx4090:llama-3.1-8b",
         4,
         0.81,
         128256,
         "nano-PEARL docs/bench_summary_l40s.md at 6d187e3, Llama-3.2-1B for Llama-3.1-70B on "
         "CNNDM: 1 - 1/MAT. For Llama-3.1-8B an assumption."},
        {"gpt2",
         "roofline:galaxy-s23:gpt2",
         "roofline:rtx3090:gpt2-xl",
         16,
         0.8,
         50257,
         "the models of arXiv:2511.01695, which prints no acceptance: an assumption."},
    };
    return presets;
}

std::vector<std::string>
LlmMecPairPreset::GetNames()
{
    std::vector<std::string> names;
    for (const LlmMecPairPreset& preset : GetAll())
    {
        names.push_back(preset.name);
    }
    return names;
}

const LlmMecPairPreset&
LlmMecPairPreset::Find(const std::string& name)
{
    NS_LOG_FUNCTION(name);
    std::string known;
    for (const LlmMecPairPreset& preset : GetAll())
    {
        if (preset.name == name)
        {
            return preset;
        }
        known += (known.empty() ? "" : ", ") + preset.name;
    }
    throw std::invalid_argument("pair " + name + ": expected one of " + known);
}

} // namespace llmmec
} // namespace ns3
