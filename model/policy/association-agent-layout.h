/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ASSOCIATION_AGENT_LAYOUT_H
#define ASSOCIATION_AGENT_LAYOUT_H

#include "ns3/association-objective.h"
#include "ns3/association-weights.h"

#include <Eigen/Core>
#include <string>
#include <vector>

namespace agents
{
class Policy;
} // namespace agents

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How an agent sees and acts that chooses shares of servers, TMA-MASAC of arXiv:2511.01695.
 *
 * Each device is an agent; all have the same network. It is asked for each server, with what it
 * knows of itself (task, battery, power), of the server (queue, rate) and of the link, and answers
 * with a weight of the band and a weight of computing. With the weights of all devices and servers
 * a matching finds who has which server; then each server is divided by the weights of its devices.
 * As the network sees one device and one server, it takes any number of both. What it sees of the
 * band is relative to REFERENCE_HZ, and not to the band of a server, which the number of servers
 * changes.
 */
struct AssociationAgentLayout
{
    /// How entries of an action in [0, 1] become weights
    enum Scale
    {
        LINEAR, ///< weights are the entries; all of the band is divided by them
        DB ///< entries are even in dB; those of the band are a band in Hz, and its share of the
           ///< server's band is the weight, so that band may be left
    };

    /// Who finds associations by weights
    enum Matching
    {
        TMA,      ///< as TmaAssociationPolicy: from the highest gains by swaps
        TMA_MOVE, ///< as TmaMoveAssociationPolicy: also by moves
        MOVE_SWAP ///< as MoveSwapAssociationPolicy: also from a greedy start
    };

    AssociationObjective objective{PAPER_OBJECTIVE}; ///< what is to be small
    Scale scale{DB};                                 ///< of entries of actions
    double bandRangeDb{60};       ///< with DB, least band below REFERENCE_HZ, dB, > 0
    double computeRangeDb{20};    ///< with DB, the same of computing
    Matching matching{MOVE_SWAP}; ///< who finds associations

    static constexpr Eigen::Index FEATURES = 12; ///< entries of an observation
    static constexpr Eigen::Index ACTIONS = 2;   ///< band, computing
    static constexpr double REFERENCE_HZ = 1e6;  ///< most that a device asks for with DB, Hz
    static constexpr double LEAST_RANGE_DB = 1;  ///< least bandRangeDb and computeRangeDb, dB
    static constexpr double MOST_RANGE_DB = 200; ///< largest of them, dB
    static const std::string SECTION;            ///< of a checkpoint that holds ToJson

    /// @return names of scales, in the order of Scale
    static const std::vector<std::string>& GetScaleNames();
    /// @return names of matchings, in the order of Matching
    static const std::vector<std::string>& GetMatchingNames();
    /// @return names of objectives, in the order of AssociationObjective
    static const std::vector<std::string>& GetObjectiveNames();

    /**
     * What the network sees, mostly natural logarithms of numbers without unit, about 0.
     * @param problem of a slot
     * @param device index
     * @param server index
     * @return FEATURES entries, finite; zeros without a link
     */
    Eigen::VectorXf Observe(const AssociationProblem& problem,
                            Eigen::Index device,
                            Eigen::Index server) const;

    /**
     * Set the weights of a device at a server.
     * @param problem of a slot
     * @param action ACTIONS entries in [0, 1]
     * @param device index
     * @param server index
     * @param[out] weights of a slot, M x E
     */
    void SetWeights(const AssociationProblem& problem,
                    const Eigen::Ref<const Eigen::VectorXf>& action,
                    Eigen::Index device,
                    Eigen::Index server,
                    AssociationWeights& weights) const;

    /**
     * Ask a policy for all devices and servers.
     * @param problem of a slot
     * @param policy with FEATURES and ACTIONS entries for each pair
     * @return weights
     */
    AssociationWeights Weigh(const AssociationProblem& problem, const agents::Policy& policy) const;

    /**
     * Match devices and servers.
     * @param problem of a slot
     * @param weights of shares
     * @return server of each device, M entries
     */
    std::vector<int> Match(const AssociationProblem& problem,
                           const AssociationWeights& weights) const;

    /// @return this, as JSON
    std::string ToJson() const;

    /**
     * @param json what ToJson gave
     * @param name of the file, for errors
     * @return the layout
     * @throw std::runtime_error in one line that names the file
     */
    static AssociationAgentLayout FromJson(const std::string& json, const std::string& name);
};

} // namespace llmmec
} // namespace ns3

#endif // ASSOCIATION_AGENT_LAYOUT_H
