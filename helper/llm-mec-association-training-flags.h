/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_TRAINING_FLAGS_H
#define LLM_MEC_ASSOCIATION_TRAINING_FLAGS_H

#include "llm-mec-association-training.h"
#include "llm-mec-settings.h"

#include <set>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a command line says of LlmMecAssociationTraining.
 */
struct LlmMecAssociationTrainingFlags
{
    LlmMecAssociationTrainingSettings training; ///< all but seed and draws, after Complete
    double devices{30};                         ///< M of held-out slots
    double servers{4};                          ///< E
    std::string trainDevices;                   ///< M of the episodes, with commas
    std::string payload{"ids"};                 ///< what goes up for a draft
    std::string objective{"paper"};             ///< what is to be small
    std::string reward{"auto"};                 ///< what agents are told
    std::string scale{"auto"};                  ///< of weights
    std::string matching{"auto"};               ///< who finds associations

    /// Put all on a command line. @param line it, which keeps references to this
    void AddTo(LlmMecSettings& line);

    /**
     * Fill in what follows.
     * @param preset of the agent
     * @param typed names that were typed
     * @throw std::invalid_argument in one line where something has no effect or is no number
     */
    void Complete(const std::string& preset, const std::set<std::string>& typed);
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_TRAINING_FLAGS_H
