/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "association-problem.h"

#include "ns3/log.h"

#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("AssociationProblem");

namespace
{

constexpr double LARGEST = std::numeric_limits<double>::max(); //!< of values without a limit
/// The least of values that must be above zero.
constexpr double POSITIVE = std::numeric_limits<double>::denorm_min();

/// Refuse a value out of range. @param name of the member @param value there @param low lowest
/// @param high highest
void
CheckValue(const std::string& name, double value, double low, double high)
{
    if (value >= low && value <= high)
    {
        return;
    }
    std::ostringstream text;
    text << "association problem: " << name << " is " << value << ", expected ";
    if (low == POSITIVE)
    {
        text << "more than 0";
    }
    else
    {
        text << "at least " << low;
    }
    if (high < LARGEST)
    {
        text << " and at most " << high;
    }
    else
    {
        text << " and finite";
    }
    throw std::invalid_argument(text.str());
}

/// Refuse an array of another size, or with a value out of range. @param name of the member
/// @param values there @param rows expected @param columns expected @param low lowest @param high
/// highest
void
CheckArray(const std::string& name,
           const Eigen::Ref<const Eigen::ArrayXXd>& values,
           Eigen::Index rows,
           Eigen::Index columns,
           double low,
           double high)
{
    if (values.rows() != rows || values.cols() != columns)
    {
        std::ostringstream text;
        text << "association problem: " << name << " is " << values.rows() << " x " << values.cols()
             << ", expected " << rows << " x " << columns;
        throw std::invalid_argument(text.str());
    }
    for (Eigen::Index column = 0; column < columns; ++column)
    {
        for (Eigen::Index row = 0; row < rows; ++row)
        {
            CheckValue(name, values(row, column), low, high);
        }
    }
}

} // namespace

Eigen::Index
AssociationProblem::GetM() const
{
    return gain.rows();
}

Eigen::Index
AssociationProblem::GetE() const
{
    return gain.cols();
}

bool
AssociationProblem::HasAnyLink(Eigen::Index device) const
{
    return (gain.row(device) > 0).any();
}

double
AssociationProblem::GetSnr(Eigen::Index device, Eigen::Index server) const
{
    return gain(device, server) * devices.powerW[device] /
           (noiseWPerHz * servers.bandwidthHz[server]);
}

double
AssociationProblem::GetTransmitEnergyJ(Eigen::Index device, Eigen::Index server) const
{
    constexpr double hzInMhz = 1e6;
    return transmitJPerMhzW * servers.bandwidthHz[server] / hzInMhz * devices.powerW[device];
}

double
AssociationProblem::GetBandPrice(Eigen::Index device, Eigen::Index server) const
{
    return energyWeight * GetTransmitEnergyJ(device, server) /
           std::max(devices.battery[device], emptyBattery);
}

Eigen::ArrayXd
AssociationProblem::GetDraftPrice() const
{
    return energyWeight * devices.draftEnergyJ / devices.battery.max(emptyBattery);
}

void
CheckAssociationProblem(const AssociationProblem& problem)
{
    NS_LOG_FUNCTION(problem.GetM() << problem.GetE());
    const Eigen::Index m = problem.GetM();
    const Eigen::Index e = problem.GetE();
    if (m < 1 || e < 1)
    {
        throw std::invalid_argument("association problem: gain is empty, expected a device and a "
                                    "server at least");
    }
    const AssociationDevices& devices = problem.devices;
    CheckArray("devices.draftTokenS", devices.draftTokenS, m, 1, POSITIVE, LARGEST);
    CheckArray("devices.acceptance", devices.acceptance, m, 1, 0, 1);
    CheckArray("devices.tokens", devices.tokens, m, 1, 0, LARGEST);
    CheckArray("devices.draftS", devices.draftS, m, 1, 0, LARGEST);
    CheckArray("devices.uploadBits", devices.uploadBits, m, 1, 0, LARGEST);
    CheckArray("devices.serverFlop", devices.serverFlop, m, 1, 0, LARGEST);
    CheckArray("devices.draftEnergyJ", devices.draftEnergyJ, m, 1, 0, LARGEST);
    CheckArray("devices.powerW", devices.powerW, m, 1, POSITIVE, LARGEST);
    CheckArray("devices.battery", devices.battery, m, 1, 0, 1);
    const AssociationServers& servers = problem.servers;
    CheckArray("servers.bandwidthHz", servers.bandwidthHz, e, 1, POSITIVE, LARGEST);
    CheckArray("servers.flopPerS", servers.flopPerS, e, 1, POSITIVE, LARGEST);
    CheckArray("servers.waitS", servers.waitS, e, 1, 0, LARGEST);
    CheckArray("servers.verifyS", servers.verifyS, e, 1, POSITIVE, LARGEST);
    CheckArray("servers.preVerifyS", servers.preVerifyS, e, 1, 0, LARGEST);
    CheckArray("gain", problem.gain, m, e, 0, LARGEST);
    if (problem.distanceM.size() > 0)
    {
        CheckArray("distanceM", problem.distanceM, m, e, 0, LARGEST);
    }
    CheckValue("decoding.window", problem.decoding.window, 1, LARGEST);
    CheckValue("decoding.windowBits", problem.decoding.windowBits, POSITIVE, LARGEST);
    CheckValue("decoding.downlinkS", problem.decoding.downlinkS, 0, LARGEST);
    CheckValue("noiseWPerHz", problem.noiseWPerHz, POSITIVE, LARGEST);
    CheckValue("synchronisationWeightPerS", problem.synchronisationWeightPerS, POSITIVE, LARGEST);
    CheckValue("energyWeight", problem.energyWeight, 0, LARGEST);
    CheckValue("transmitJPerMhzW", problem.transmitJPerMhzW, 0, LARGEST);
    CheckValue("emptyBattery", problem.emptyBattery, POSITIVE, 1);
}

std::vector<std::vector<Eigen::Index>>
GroupByServer(const std::vector<int>& server, Eigen::Index servers)
{
    std::vector<std::vector<Eigen::Index>> groups(static_cast<std::size_t>(servers));
    for (std::size_t device = 0; device < server.size(); ++device)
    {
        if (server[device] != NO_SERVER)
        {
            groups.at(static_cast<std::size_t>(server[device]))
                .push_back(static_cast<Eigen::Index>(device));
        }
    }
    return groups;
}

} // namespace llmmec
} // namespace ns3
