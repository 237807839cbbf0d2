/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-placement.h"

#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/pointer.h"
#include "ns3/position-allocator.h"
#include "ns3/random-walk-2d-mobility-model.h"
#include "ns3/rectangle.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecPlacement");

namespace
{

/// Refuse a walk that ns-3's RandomWalk2dMobilityModel takes too many events for: it has
/// an event whenever it meets a side of the square, and every metre. In a corner it has events at
/// one instant without end, and on a fast walk one nanosecond can be as near as that.
/// @param square where it leads @param radiusM half a side, m @param speedMps speed, m/s
/// @throw std::invalid_argument in one line
void
CheckWalk(const Rectangle& square, double radiusM, double speedMps)
{
    constexpr double slowestMps = 1e-9; // a metre must take less than the simulator's clock lasts
    constexpr double shortestS = 0.1;   // from side to side
    std::ostringstream message;
    if (!(speedMps >= slowestMps))
    {
        message << "speed " << speedMps << " m/s of MLUs: expected 0, or at least " << slowestMps
                << " m/s";
    }
    else if (!(2 * radiusM >= speedMps * shortestS))
    {
        message << "speed " << speedMps << " m/s of MLUs on a disc of radius " << radiusM
                << " m: expected at least " << shortestS << " s from side to side";
    }
    else if (!(std::min(square.xMax - square.xMin, square.yMax - square.yMin) > radiusM))
    {
        message << "disc of radius " << radiusM << " m about (" << (square.xMin + square.xMax) / 2
                << ", " << (square.yMin + square.yMax) / 2
                << "): expected a radius that is no rounding error there";
    }
    if (!message.str().empty())
    {
        throw std::invalid_argument(message.str());
    }
}

/// @param placement where and how fast @param centre of the disc, m @return a walk about the disc
Ptr<MobilityModel>
MakeWalk(const LlmMecPlacement& placement, const Vector& centre)
{
    const double radiusM = placement.radiusM;
    const Rectangle square(centre.x - radiusM,
                           centre.x + radiusM,
                           centre.y - radiusM,
                           centre.y + radiusM);
    CheckWalk(square, radiusM, placement.speedMps);
    auto speed = CreateObject<ConstantRandomVariable>();
    speed->SetAttribute("Constant", DoubleValue(placement.speedMps));
    auto walk = CreateObject<RandomWalk2dMobilityModel>();
    walk->SetAttribute("Bounds", RectangleValue(square));
    walk->SetAttribute("Speed", PointerValue(speed));
    return walk;
}

} // namespace

Ptr<MobilityModel>
LlmMecPlacement::PlaceServer(uint32_t cell) const
{
    NS_LOG_FUNCTION(cell);
    // Cells do not hear each other; apart, they are easier to tell from each other in traces.
    constexpr double radiiApart = 4;
    auto mobility = CreateObject<ConstantPositionMobilityModel>();
    mobility->SetPosition(Vector(radiiApart * radiusM * cell, 0, serverHeightM));
    return mobility;
}

Ptr<MobilityModel>
LlmMecPlacement::DropMlu(const Vector& centre, int64_t& stream) const
{
    NS_LOG_FUNCTION(centre << stream);
    auto disc = CreateObject<UniformDiscPositionAllocator>();
    disc->SetX(centre.x);
    disc->SetY(centre.y);
    disc->SetRho(radiusM);
    Ptr<MobilityModel> mobility = CreateObject<ConstantPositionMobilityModel>();
    if (HasMovement())
    {
        mobility = MakeWalk(*this, centre);
    }
    if (stream >= 0)
    {
        stream += disc->AssignStreams(stream);
        stream += mobility->AssignStreams(stream);
    }
    mobility->SetPosition(disc->GetNext());
    return mobility;
}

bool
LlmMecPlacement::HasMovement() const
{
    return speedMps != 0;
}

} // namespace llmmec
} // namespace ns3
