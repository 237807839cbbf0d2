/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_POLICY_H
#define ASSOCIATION_POLICY_H

#include "ns3/association-problem.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Which server verifies the drafts of each device.
 */
class AssociationPolicy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Choose a server for each device.
     * @param problem what is known, checked by CheckAssociationProblem
     * @return server of each device, M entries, [0, E): one that it has a link to, or NO_SERVER
     * where it has none
     */
    virtual std::vector<int> Associate(const AssociationProblem& problem) = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used; none unless overridden
     */
    virtual int64_t AssignStreams(int64_t stream);

    /// @return short names of the policies in alphabetical order:
    /// ns3::llmmec::MaxSinrAssociationPolicy is max-sinr
    static std::vector<std::string> GetNames();

    /**
     * Find a policy.
     * @param name short name (max-sinr) or TypeId name (ns3::llmmec::MaxSinrAssociationPolicy)
     * @return its TypeId
     * @throw std::invalid_argument naming the known policies when there is none of that name
     */
    static TypeId Find(const std::string& name);
};

/**
 * @ingroup llm-mec
 * @brief Each device draws one of the servers that it has a link to.
 */
class RandomAssociationPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RandomAssociationPolicy();

    std::vector<int> Associate(const AssociationProblem& problem) override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    Ptr<UniformRandomVariable> m_random; //!< draws
};

/**
 * @ingroup llm-mec
 * @brief The nearest server.
 */
class NearestAssociationPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @copydoc AssociationPolicy::Associate
     * @throw std::invalid_argument where the problem has no distances
     */
    std::vector<int> Associate(const AssociationProblem& problem) override;
};

/**
 * @ingroup llm-mec
 * @brief The server of the highest signal to noise over its whole band. There is no interference,
 * so that this is the paper's Max-SINR.
 */
class MaxSinrAssociationPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    std::vector<int> Associate(const AssociationProblem& problem) override;
};

/**
 * @ingroup llm-mec
 * @brief The fastest server; the paper does not say what that means where several are.
 */
class MaxComputeAssociationPolicy : public AssociationPolicy
{
  public:
    /// How it is read; unscoped, as ns-3.37's EnumValue needs.
    enum Reading
    {
        CLASS, ///< of all servers that are as fast as the fastest, the one of the highest signal to
               ///< noise
        SERVER ///< one of them, the first, for all devices; the worst of all rules from 60 devices
               ///< on
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    std::vector<int> Associate(const AssociationProblem& problem) override;

  private:
    Reading m_reading; //!< how it is read
};

/**
 * @ingroup llm-mec
 * @brief Devices in the order of their index each take the server of most F_j / (n_j + 1).
 */
class GreedyAssociationPolicy : public AssociationPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    std::vector<int> Associate(const AssociationProblem& problem) override;
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_POLICY_H
