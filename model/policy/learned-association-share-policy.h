/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LEARNED_ASSOCIATION_SHARE_POLICY_H
#define LEARNED_ASSOCIATION_SHARE_POLICY_H

#include "association-share-policy.h"
#include "trained-association.h"

#include <optional>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Servers are divided by weights that an agent has learned, TMA-MASAC of arXiv:2511.01695.
 */
class LearnedAssociationSharePolicy : public AssociationSharePolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @copydoc AssociationSharePolicy::Divide
     * @throw std::runtime_error in one line where the checkpoint cannot be read
     */
    AssociationDecision Divide(const AssociationProblem& problem,
                               const std::vector<int>& server) override;

  private:
    std::string m_checkpoint;                    //!< file name
    std::optional<TrainedAssociation> m_trained; //!< what is in it, once it was read
};

} // namespace llmmec
} // namespace ns3

#endif // LEARNED_ASSOCIATION_SHARE_POLICY_H
