/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SPECULATION_HELPER_H
#define LLM_MEC_SPECULATION_HELPER_H

#include "llm-mec-attribute-use.h"
#include "llm-mec-factory.h"
#include "llm-mec-link-factory.h"
#include "llm-mec-placement.h"

#include "ns3/llm-pair.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/mec-link.h"
#include "ns3/node-container.h"
#include "ns3/speculative-acceptance.h"
#include "ns3/speculative-client.h"
#include "ns3/speculative-server.h"
#include "ns3/speculative-window.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A server that verifies, its devices, and the link between them.
 */
struct LlmMecSpeculationCell
{
    NodeContainer devices;                       ///< the devices' nodes
    Ptr<Node> serverNode;                        ///< the server's node
    std::vector<Ptr<SpeculativeClient>> clients; ///< one on each device
    Ptr<SpeculativeServer> server;               ///< on its node
    Ptr<MecLink> link;                           ///< between devices and server
};

/**
 * @ingroup llm-mec
 * @brief Builds cells in which devices draft and a server verifies.
 *
 * @code
 *   LlmMecSpeculationHelper speculation;
 *   speculation.SetDraft(MakeStepTimeModel("roofline:galaxy-s23:qwen3-0.6b"));
 *   speculation.SetTarget(MakeStepTimeModel("roofline:rtx3090:qwen3-8b"));
 *   speculation.SetAcceptance("ns3::llmmec::ConstantAcceptance", "Rate", DoubleValue(0.8));
 *   LlmMecSpeculationCell cell = speculation.InstallCell(10);
 * @endcode
 *
 * Each device has an equal share of the band for itself.
 */
class LlmMecSpeculationHelper
{
  public:
    LlmMecSpeculationHelper();

    /// Choose the devices' application. @param type of SpeculativeClient @param attributes in turn
    template <typename... Attributes>
    void SetClient(const std::string& type, Attributes&&... attributes)
    {
        m_client.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose which drafts are right. @param type of DraftAcceptance @param attributes in turn
    template <typename... Attributes>
    void SetAcceptance(const std::string& type, Attributes&&... attributes)
    {
        m_acceptance.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose how many drafts are sent together. @param type of WindowPolicy @param attributes in
    /// turn
    template <typename... Attributes>
    void SetWindow(const std::string& type, Attributes&&... attributes)
    {
        m_window.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose what computes passes. @param type of PassEngine @param attributes in turn
    template <typename... Attributes>
    void SetEngine(const std::string& type, Attributes&&... attributes)
    {
        m_engine.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the energy of a device's drafts. @param type of StepEnergyModel @param attributes in
    /// turn
    template <typename... Attributes>
    void SetDeviceEnergy(const std::string& type, Attributes&&... attributes)
    {
        m_deviceEnergy.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the way between devices and server, as LlmMecHelper::SetLink. @param type of MecLink
    /// @param attributes in turn
    template <typename... Attributes>
    void SetLink(const std::string& type, Attributes&&... attributes)
    {
        m_linkFactory.link.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// @param model what a draft takes on a device, unless the client has a constant
    void SetDraft(Ptr<StepTimeModel> model);
    /// @param model what a pass of the target takes, unless the engine has constants
    void SetTarget(Ptr<StepTimeModel> model);
    /**
     * Let devices answer the queries of a pair of models. Device k of a cell begins with query k.
     * @param pair the pair
     */
    void SetPair(std::shared_ptr<const LlmPair> pair);
    /// @param batteryJ energy of each device's battery, J, > 0; without it a battery is never empty
    void SetBatteryJ(double batteryJ);
    /// @param placement where nodes without a mobility model are
    void SetPlacement(const LlmMecPlacement& placement);

    /**
     * Fix the random streams of all that is built from now on, one block of streams a cell.
     * @param stream first stream to use
     */
    void SetStream(int64_t stream);

    /**
     * Build a cell.
     * @param devices number of devices, >= 1, on new nodes
     * @return the cell
     */
    LlmMecSpeculationCell InstallCell(uint32_t devices);

    /// @return which attributes the objects of the cells have
    const LlmMecAttributeUse& GetAttributeUse() const;

  private:
    /// Make the server. @param cell its cell
    void InstallServer(LlmMecSpeculationCell& cell);
    /// @return a new engine with the models of the target
    Ptr<PassEngine> MakeEngine();
    /// Add a device. @param cell its cell @param devices of the cell @param stream first random
    /// stream, moved on
    void AddDevice(LlmMecSpeculationCell& cell, uint32_t devices, int64_t& stream);

    LlmMecFactory m_client;                //!< makes SpeculativeClient
    LlmMecFactory m_acceptance;            //!< makes DraftAcceptance
    LlmMecFactory m_window;                //!< makes WindowPolicy
    LlmMecFactory m_engine;                //!< makes PassEngine
    LlmMecFactory m_deviceEnergy;          //!< makes StepEnergyModel
    LlmMecFactory m_serverEnergy;          //!< makes StepEnergyModel
    LlmMecLinkFactory m_linkFactory;       //!< makes MecLink, path loss and fading
    Ptr<StepTimeModel> m_draft;            //!< of a device, or null
    Ptr<StepTimeModel> m_target;           //!< of a server, or null
    std::shared_ptr<const LlmPair> m_pair; //!< of real models, or null
    std::optional<double> m_batteryJ;      //!< of a device, J
    LlmMecPlacement m_placement;           //!< where nodes are
    int64_t m_nextStream{-1};              //!< of the next cell; automatic below 0
    uint32_t m_cells{0};                   //!< built so far
    LlmMecAttributeUse m_use;              //!< attributes of all objects
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SPECULATION_HELPER_H
