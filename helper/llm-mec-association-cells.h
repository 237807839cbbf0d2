/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_ASSOCIATION_CELLS_H
#define LLM_MEC_ASSOCIATION_CELLS_H

#include "llm-mec-attribute-use.h"
#include "llm-mec-speculation-helper.h"

#include "ns3/association-objective.h"
#include "ns3/association-problem.h"

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Runs what was decided for a slot token by token: every draft, upload, pass and verdict is
 * an event.
 *
 * Each device has the uplink R of its share y for itself, its own time for a draft, acceptance and
 * answer, and a prompt of one token. A pass of T tokens takes the longer of V1, which reading the
 * weights takes, and T times a token's FLOP over F. With slices each device has z of its server's
 * computing for itself, and is a cell of its own; the server then computes ahead, as the closed
 * form has it. Otherwise the devices of a server are a cell, and z has no effect. Memory has room
 * for all sequences.
 */
class LlmMecAssociationCells
{
  public:
    /// @return how passes may share a server
    static std::vector<std::string> GetDisciplines();
    /// @return how windows may be chosen
    static std::vector<std::string> GetWindows();

    /**
     * @param discipline one of GetDisciplines
     * @param windows one of GetWindows
     * @param flopPerToken of the target model, FLOP
     * @param bitsPerDraft of a window, bits; the rest of it is its header
     */
    LlmMecAssociationCells(const std::string& discipline,
                           const std::string& windows,
                           double flopPerToken,
                           double bitsPerDraft);

    /**
     * Run the cells of a slot until all answers are complete. Runs and destroys the simulation.
     * @param problem of the slot
     * @param decision for it; devices without a server are left out
     * @param mode how answers are decoded
     * @param stream first random stream to use, of STREAMS
     * @return latency of each device with the queue's wait, M entries, s; 0 without a server
     */
    Eigen::ArrayXd Run(const AssociationProblem& problem,
                       const AssociationDecision& decision,
                       SpeculativeClient::Mode mode,
                       int64_t stream);

    /// @return which attributes the objects of the cells have
    const LlmMecAttributeUse& GetAttributeUse() const;

    static constexpr int64_t STREAMS = 1000000000; ///< room for all cells of a slot

  private:
    /// Devices that share a server, or one with its slice
    struct Group
    {
        Eigen::Index server{0};            ///< index
        std::vector<Eigen::Index> devices; ///< of it
        double share{1};                   ///< of the server's computing
    };

    /// @param problem of the slot @param decision for it @return its cells
    std::vector<Group> MakeGroups(const AssociationProblem& problem,
                                  const AssociationDecision& decision) const;
    /// @param problem of the slot @param group of devices @param mode how answers are decoded
    /// @return a helper that builds their cell
    LlmMecSpeculationHelper MakeHelper(const AssociationProblem& problem,
                                       const Group& group,
                                       SpeculativeClient::Mode mode) const;
    /// Give a device what it has of its own. @param problem of the slot @param device index
    /// @param client it
    void SetDevice(const AssociationProblem& problem,
                   Eigen::Index device,
                   Ptr<SpeculativeClient> client) const;

    std::string m_discipline; //!< how passes share a server
    std::string m_windows;    //!< how windows are chosen
    double m_flopPerToken;    //!< of the target model
    double m_bitsPerDraft;    //!< of a window
    LlmMecAttributeUse m_use; //!< attributes of all objects
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_ASSOCIATION_CELLS_H
