/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_PLACEMENT_H
#define LLM_MEC_PLACEMENT_H

#include "ns3/mobility-model.h"
#include "ns3/vector.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Where the nodes of a cell are that have no mobility model of their own, and how they move.
 */
struct LlmMecPlacement
{
    double radiusM{20};       ///< radius of the disc in which MLUs are dropped, m, > 0
    double serverHeightM{10}; ///< height h_MEC of a server's antenna above its centre, m, > 0
    double speedMps{0};       ///< speed at which MLUs walk about at random, m/s: 0, or at least
                              ///< 1e-9 and at most what takes 0.1 s across the disc

    /**
     * Place the server of a cell.
     * @param cell number of the cell; cells are apart
     * @return its mobility model
     */
    Ptr<MobilityModel> PlaceServer(uint32_t cell) const;

    /**
     * Drop an MLU at random on the disc.
     * @param centre of the disc, m
     * @param[in,out] stream first random stream, moved on by those that are used; automatic
     * streams below 0
     * @return its mobility model
     * @throw std::invalid_argument in one line at a speed that ns-3's walk takes too many events
     * for
     */
    Ptr<MobilityModel> DropMlu(const Vector& centre, int64_t& stream) const;

    /// @return whether MLUs move, which has events without end
    bool HasMovement() const;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_PLACEMENT_H
