/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_POLICY_NAMES_H
#define OFFLOAD_POLICY_NAMES_H

#include "ns3/type-id.h"

#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Short names of one kind of policies: every registered subclass with a constructor, also
 * those of a study of your own.
 */
class PolicyNames
{
  public:
    /**
     * @param kind what the policies are subclasses of
     * @param suffix end of their class names that a short name leaves out, such as Policy
     */
    PolicyNames(TypeId kind, const std::string& suffix);

    /// @return short names in alphabetical order, such as always-local
    std::vector<std::string> GetAll() const;

    /**
     * @param name short name (always-local) or TypeId name (ns3::llmmec::AlwaysLocalPolicy)
     * @return the policy's TypeId
     * @throw std::invalid_argument naming the known policies when there is none of that name
     */
    TypeId Find(const std::string& name) const;

    /// @param tid of a policy @return its short name
    std::string GetShortName(TypeId tid) const;

  private:
    /// @return all policies of the kind
    std::vector<TypeId> GetTypeIds() const;

    TypeId m_kind;        //!< what the policies are subclasses of
    std::string m_suffix; //!< of their class names
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_POLICY_NAMES_H
