/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TRAINED_ASSOCIATION_H
#define TRAINED_ASSOCIATION_H

#include "association-agent-layout.h"

#include <memory>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an agent of AssociationAgentLayout has learned, without exploration and without
 * learning on. Needs no LibTorch.
 */
class TrainedAssociation
{
  public:
    /**
     * @param policy what was learned
     * @param layout how it was learned
     * @param name what to call it in errors
     * @throw std::runtime_error in one line where they do not fit
     */
    TrainedAssociation(std::shared_ptr<const agents::Policy> policy,
                       const AssociationAgentLayout& layout,
                       const std::string& name);

    /**
     * Read a checkpoint of mec-train.
     * @param path file name
     * @return what was learned
     * @throw std::runtime_error in one line that names the file, when it is missing, corrupt or
     * something else
     */
    static TrainedAssociation Read(const std::string& path);

    /// @param problem of a slot @return weights of shares
    AssociationWeights Weigh(const AssociationProblem& problem) const;

    /// @return how it was learned
    const AssociationAgentLayout& GetLayout() const;

  private:
    std::shared_ptr<const agents::Policy> m_policy; //!< what was learned
    AssociationAgentLayout m_layout;                //!< how it was learned
};

} // namespace llmmec
} // namespace ns3

#endif // TRAINED_ASSOCIATION_H
