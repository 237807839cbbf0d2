/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_LINK_FACTORY_H
#define LLM_MEC_LINK_FACTORY_H

#include "llm-mec-attribute-use.h"
#include "llm-mec-factory.h"

#include "ns3/mec-link.h"
#include "ns3/nstime.h"
#include "ns3/propagation-loss-model.h"

#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Makes links of cells: the link, and the path loss and fading of one that has a radio.
 *
 * Without any setting a link is the paper's: MecUplinkChannel over free space with a gain of -30 dB
 * at 1 m (17) and Rician fading.
 */
class LlmMecLinkFactory
{
  public:
    LlmMecLinkFactory();

    /**
     * Make a link.
     * @param coherenceTime how long Rician fading is constant, unless CoherenceTime is set; its own
     * default when absent
     * @param use takes note of all objects
     * @return the link
     */
    Ptr<MecLink> Create(const std::optional<Time>& coherenceTime, LlmMecAttributeUse& use) const;

    LlmMecFactory link;     ///< of MecLink
    LlmMecFactory pathLoss; ///< of PropagationLossModel
    LlmMecFactory fading;   ///< of PropagationLossModel, which follows the path loss
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_LINK_FACTORY_H
