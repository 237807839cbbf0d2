/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_PAIR_PRESET_H
#define LLM_MEC_PAIR_PRESET_H

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A draft model on a phone and a target model on a server, with the acceptance that was
 * published for them or that is assumed.
 */
struct LlmMecPairPreset
{
    std::string name;          ///< what a user types
    std::string draft;         ///< step times of the device, as MakeStepTimeModel takes them
    std::string target;        ///< step times of the server, as MakeStepTimeModel takes them
    double draftWeightBits{4}; ///< bits of a weight on the device
    double acceptance{0};      ///< probability that a draft is right
    double vocabulary{0};      ///< tokens of both
    std::string source;        ///< where the acceptance comes from

    /// @return all presets
    static const std::vector<LlmMecPairPreset>& GetAll();
    /// @return names of all presets
    static std::vector<std::string> GetNames();
    /**
     * @param name of a preset
     * @return it
     * @throws std::invalid_argument in one line that names those that are known
     */
    static const LlmMecPairPreset& Find(const std::string& name);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_PAIR_PRESET_H
