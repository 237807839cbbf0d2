/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_HELPER_H
#define LLM_MEC_HELPER_H

#include "llm-mec-attribute-use.h"
#include "llm-mec-factory.h"
#include "llm-mec-link-factory.h"
#include "llm-mec-placement.h"

#include "ns3/llm-profile.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/mec-link.h"
#include "ns3/mec-server-application.h"
#include "ns3/mlu-application.h"
#include "ns3/node-container.h"
#include "ns3/offload-controller.h"
#include "ns3/offload-policy.h"

#include <cstdint>
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
 * @brief A cell: MLUs, their MEC servers with a controller, and the link between them.
 */
struct LlmMecCell
{
    NodeContainer mlus;                               ///< the MLUs' nodes
    NodeContainer servers;                            ///< the servers' nodes, one as a rule
    std::vector<Ptr<MluApplication>> mluApplications; ///< one on each MLU
    std::vector<Ptr<MecServerApplication>> serverApplications; ///< one on each server
    Ptr<OffloadController> controller;                         ///< on the first server
    Ptr<MecLink> link;                                         ///< between MLUs and servers
};

/**
 * @ingroup llm-mec
 * @brief Builds cells. Without any setting a cell is the paper's.
 *
 * @code
 *   LlmMecHelper mec;
 *   mec.SetProfile("qwen3-8b-ecld");
 *   mec.SetPolicy("optimal");
 *   LlmMecCell cell = mec.InstallCell(3);
 *   Simulator::Run();
 *   std::cout << cell.controller->GetMeans().latencyS << " s\n";
 * @endcode
 *
 * Each part is chosen by SetPart(type, name, value, name, value ...) with the name of a TypeId and
 * attributes of it. Attributes that were set before for the same type stay, so the name of the type
 * that is there adds to it; another type begins with its own defaults. All of these throw
 * std::invalid_argument in one line at a type or an attribute that is unknown.
 *
 * A setting holds for what is built after it: cells whose MLUs differ are built with CreateCell and
 * one AddMlus for each kind.
 */
class LlmMecHelper
{
  public:
    LlmMecHelper();

    /**
     * Choose who decides.
     * @param name short name (optimal) or TypeId name (ns3::llmmec::OptimalPolicy)
     * @param attributes names and values in turn
     * @throw std::invalid_argument naming the known policies
     */
    template <typename... Attributes>
    void SetPolicy(const std::string& name, Attributes&&... attributes)
    {
        m_policy.Set(OffloadPolicy::Find(name).GetName(), std::forward<Attributes>(attributes)...);
    }

    /// Choose the MLUs' application. @param type of MluApplication @param attributes in turn
    template <typename... Attributes>
    void SetMlu(const std::string& type, Attributes&&... attributes)
    {
        m_mlu.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose how MLUs compute. @param type of ComputeModel @param attributes in turn
    template <typename... Attributes>
    void SetMluCompute(const std::string& type, Attributes&&... attributes)
    {
        m_mluCompute.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose what answers are worth. @param type of QualityModel @param attributes in turn
    template <typename... Attributes>
    void SetQuality(const std::string& type, Attributes&&... attributes)
    {
        m_quality.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the servers' application. @param type of MecServerApplication @param attributes in
    /// turn
    template <typename... Attributes>
    void SetServer(const std::string& type, Attributes&&... attributes)
    {
        m_server.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose how servers compute. @param type of ComputeModel @param attributes in turn
    template <typename... Attributes>
    void SetServerCompute(const std::string& type, Attributes&&... attributes)
    {
        m_serverCompute.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose how requests share a server. @param type of MecServerDiscipline @param attributes in
    /// turn
    template <typename... Attributes>
    void SetServerDiscipline(const std::string& type, Attributes&&... attributes)
    {
        m_serverDiscipline.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the controller; SlotDuration is also the CoherenceTime of Rician fading, unless that
    /// is set. @param type of OffloadController @param attributes in turn
    template <typename... Attributes>
    void SetController(const std::string& type, Attributes&&... attributes)
    {
        m_controller.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the way between MLUs and servers. One with an attribute PropagationLossModel gets
    /// path loss and fading. @param type of MecLink @param attributes in turn
    template <typename... Attributes>
    void SetLink(const std::string& type, Attributes&&... attributes)
    {
        m_linkFactory.link.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the path loss. LogDistancePropagationLossModel is free space with a gain of -30 dB at
    /// 1 m (17), unless its attributes are set. @param type of PropagationLossModel @param
    /// attributes in turn
    template <typename... Attributes>
    void SetPathLoss(const std::string& type, Attributes&&... attributes)
    {
        m_linkFactory.pathLoss.Set(type, std::forward<Attributes>(attributes)...);
    }

    /// Choose the fading, which follows the path loss. @param type of PropagationLossModel @param
    /// attributes in turn
    template <typename... Attributes>
    void SetFading(const std::string& type, Attributes&&... attributes)
    {
        m_linkFactory.fading.Set(type, std::forward<Attributes>(attributes)...);
    }

    /**
     * Choose the compact model of the MLUs; the server then runs the original of its base model.
     * @param profile name of a profile that comes with the module, or path of a profile file
     * @param serverProfile the same for the server's full model, found by the base model when empty
     * @throw std::runtime_error in one line that names the file and the field
     */
    void SetProfile(const std::string& profile, const std::string& serverProfile = "");

    /**
     * Choose what a step of the servers takes, for a discipline that serves tokens. Where none is
     * chosen, it is the `serving` of the servers' profile.
     * @param model step times
     */
    void SetServing(Ptr<StepTimeModel> model);

    /**
     * Choose the MLUs' device: its clock, energy coefficient and largest transmit power.
     * @param device name of a device that comes with the module, or path of a device file
     * @throw std::runtime_error in one line that names the file and the field
     */
    void SetDevice(const std::string& device);

    /// @param placement where nodes without a mobility model are, and how they move
    void SetPlacement(const LlmMecPlacement& placement);
    /// @param batteryJ battery of each MLU for the run, J, > 0; none when not called
    void SetBatteryJ(double batteryJ);

    /**
     * Fix the random streams of all that is built from now on, one block of streams a cell, so that
     * studies that differ in the policy alone see the same positions, tasks and fading.
     * @param stream first stream to use
     */
    void SetStream(int64_t stream);

    /**
     * Build a cell.
     * @param mlus number of MLUs K, >= 1, on new nodes
     * @return the cell
     */
    LlmMecCell InstallCell(uint32_t mlus);

    /**
     * Build a cell on nodes of your own.
     * @param mlus the MLUs' nodes; those without a mobility model are dropped
     * @param server the server's node
     * @return the cell
     */
    LlmMecCell InstallCell(const NodeContainer& mlus, Ptr<Node> server);

    /**
     * Build a cell without MLUs.
     * @param server the server's node, or null for a new one
     * @return the cell
     */
    LlmMecCell CreateCell(Ptr<Node> server = nullptr);

    /**
     * Add servers to a cell, before the simulation starts.
     * @param cell the cell
     * @param servers their nodes, with mobility models
     */
    void AddServers(LlmMecCell& cell, const NodeContainer& servers);

    /**
     * Add MLUs to a cell, before the simulation starts.
     * @param cell the cell
     * @param mlus their nodes; those without a mobility model are dropped
     */
    void AddMlus(LlmMecCell& cell, const NodeContainer& mlus);

    /// @return which attributes the objects of the cells have
    const LlmMecAttributeUse& GetAttributeUse() const;

  private:
    /// @param cell a cell @param node the node of a server, with a mobility model
    /// @return the server, on its node
    Ptr<MecServerApplication> InstallServer(LlmMecCell& cell, Ptr<Node> node);
    /// @return what a step of the servers takes @throw std::runtime_error in one line where it is
    /// not known
    Ptr<StepTimeModel> GetServing() const;
    /// Add an MLU to a cell. @param cell the cell @param node its node
    void AddMlu(LlmMecCell& cell, Ptr<Node> node);
    /// Drop a node on the disc, with the first streams of its cell. @param node the node
    /// @param cell its cell
    void Drop(Ptr<Node> node, const LlmMecCell& cell);
    /// Let the simulation stop after a cell that has events without end, unless somebody has said
    /// whether it shall. @param cell the cell
    void StopAfter(const LlmMecCell& cell) const;

    LlmMecFactory m_mlu;              //!< makes MluApplication
    LlmMecFactory m_mluCompute;       //!< makes an MLU's ComputeModel
    LlmMecFactory m_quality;          //!< makes an MLU's QualityModel
    LlmMecFactory m_server;           //!< makes MecServerApplication
    LlmMecFactory m_serverCompute;    //!< makes a server's ComputeModel
    LlmMecFactory m_serverDiscipline; //!< makes a server's MecServerDiscipline
    LlmMecFactory m_controller;       //!< makes OffloadController
    LlmMecFactory m_policy;           //!< makes OffloadPolicy
    LlmMecLinkFactory m_linkFactory;  //!< makes MecLink, path loss and fading
    LlmProfile m_localProfile;        //!< the MLUs' compact model
    LlmProfile m_serverProfile;       //!< the servers' full model
    Ptr<StepTimeModel> m_serving;     //!< of the servers, or null
    LlmMecPlacement m_placement;      //!< where nodes without a mobility model are
    std::optional<double> m_batteryJ; //!< battery of each MLU, J
    LlmMecAttributeUse m_use;         //!< attributes of the objects of all cells
    int64_t m_nextStream{-1};         //!< first stream of the next cell; automatic below 0
    int64_t m_cellStream{-1};         //!< next stream of the cell that is built
    uint32_t m_cells{0};              //!< cells built, for their place on the plane
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_HELPER_H
