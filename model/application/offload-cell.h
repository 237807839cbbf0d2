/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CELL_H
#define OFFLOAD_CELL_H

#include "mlu-application.h"

#include "ns3/mec-link.h"
#include "ns3/mec-server-application.h"
#include "ns3/offload-slot.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/// @param discipline type of a server's discipline @return how tasks share such a server
ServerOrder GetServerOrder(TypeId discipline);

/**
 * @ingroup llm-mec
 * @brief The parts of a cell, and what a controller asks them before it decides.
 */
struct OffloadCell
{
    Ptr<MecLink> link;                              ///< the link
    std::vector<Ptr<MecServerApplication>> servers; ///< the servers, which joined the link
    std::vector<Ptr<MluApplication>> mlus;          ///< the MLUs, which joined the link

    /// @param[out] problem gets what holds of the parts for all slots
    void Describe(OffloadProblem& problem) const;

    /**
     * Draw the MLUs' tasks of a slot.
     * @param slot number of the slot
     * @param[out] tasks the tasks
     */
    void DrawTasks(uint64_t slot, SlotTasks& tasks) const;

    /// @param[out] observation gets what is left of the tasks of earlier slots
    void ObserveBacklogs(SlotObservation& observation) const;

    /// @return what is left in the batteries, J, 0 for MLUs without one
    Eigen::ArrayXd MeasureBatteries() const;

    /**
     * Refuse devices and servers whose costs are not in proportion to the share of a task.
     * @param tasks the tasks that were drawn last
     * @param policy name of the policy that counts on it
     * @throw std::runtime_error in one line
     */
    void CheckCosts(const SlotTasks& tasks, const std::string& policy) const;
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_CELL_H
