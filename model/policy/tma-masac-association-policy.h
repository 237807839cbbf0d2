/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TMA_MASAC_ASSOCIATION_POLICY_H
#define TMA_MASAC_ASSOCIATION_POLICY_H

#include "association-policy.h"
#include "trained-association.h"

#include <optional>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Matching of devices and servers by weights that an agent has learned, TMA-MASAC of
 * arXiv:2511.01695. Its shares are those of LearnedAssociationSharePolicy.
 */
class TmaMasacAssociationPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @copydoc AssociationPolicy::Associate
     * @throw std::runtime_error in one line where the checkpoint cannot be read
     */
    std::vector<int> Associate(const AssociationProblem& problem) override;

  private:
    std::string m_checkpoint;                    //!< file name
    std::optional<TrainedAssociation> m_trained; //!< what is in it, once it was read
};

} // namespace llmmec
} // namespace ns3

#endif // TMA_MASAC_ASSOCIATION_POLICY_H
