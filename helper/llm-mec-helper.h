/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_HELPER_H
#define LLM_MEC_HELPER_H

#include "ns3/llm-device.h"
#include "ns3/llm-profile.h"
#include "ns3/mec-server-application.h"
#include "ns3/mec-uplink.h"
#include "ns3/mlu-application.h"
#include "ns3/node-container.h"
#include "ns3/object-factory.h"
#include "ns3/offload-controller.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A cell: MLUs, their MEC server with its controller, and the uplink between them.
 */
struct LlmMecCell
{
    NodeContainer mlus;                               ///< the MLUs' nodes
    Ptr<Node> server;                                 ///< the MEC server's node
    std::vector<Ptr<MluApplication>> mluApplications; ///< one on each MLU
    Ptr<MecServerApplication> serverApplication;      ///< on the server
    Ptr<OffloadController> controller;                ///< on the server
    Ptr<MecUplink> uplink;                            ///< the cell's uplink
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
 * @endcode
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
     * @throw std::invalid_argument naming the known policies
     */
    void SetPolicy(const std::string& name);
    /// Set an attribute of the policy chosen last. @param name its name @param value its value
    void SetPolicyAttribute(const std::string& name, const AttributeValue& value);

    /**
     * Choose the compact model of the MLUs; the server then runs the original of its base model.
     * @param profile name of a profile that comes with the module, or path of a profile file
     * @param serverProfile the same for the server's full model, found by the base model when empty
     * @throw std::runtime_error in one line that names the file and the field
     */
    void SetProfile(const std::string& profile, const std::string& serverProfile = "");

    /**
     * Choose the MLUs' device: its clock, energy coefficient and largest transmit power.
     * @param device name of a device that comes with the module, or path of a device file
     * @throw std::runtime_error in one line that names the file and the field
     */
    void SetDevice(const std::string& device);

    /// @param factory what makes an MLU's ComputeModel
    void SetMluCompute(const ObjectFactory& factory);
    /// @param factory what makes a server's ComputeModel
    void SetServerCompute(const ObjectFactory& factory);
    /// @param factory what makes a server's MecServerDiscipline
    void SetServerDiscipline(const ObjectFactory& factory);
    /// @param factory what makes an MLU's QualityModel
    void SetQuality(const ObjectFactory& factory);

    /// Set an attribute of MluApplication. @param name its name @param value its value
    void SetMluAttribute(const std::string& name, const AttributeValue& value);
    /// Set an attribute of OffloadController; SlotDuration is also the fading's CoherenceTime,
    /// until SetFadingAttribute says otherwise. @param name its name @param value its value
    void SetControllerAttribute(const std::string& name, const AttributeValue& value);
    /// Set an attribute of MecUplinkChannel. @param name its name @param value its value
    void SetUplinkAttribute(const std::string& name, const AttributeValue& value);
    /// Set an attribute of RicianPropagationLossModel. @param name its name @param value its value
    void SetFadingAttribute(const std::string& name, const AttributeValue& value);

    /// @param gainDb reference gain g_0 at 1 m, dB
    void SetReferenceGainDb(double gainDb);
    /// @param radiusM radius of the disc in which MLUs without a mobility model are dropped, m, > 0
    void SetRadiusM(double radiusM);
    /// @param heightM height h_MEC of the antenna of servers without a mobility model, m, > 0
    void SetServerHeightM(double heightM);
    /// @param speedMps speed at which MLUs without a mobility model walk about at random, m/s: 0,
    /// or at least 1e-9 and at most what takes 0.1 s across the disc
    void SetSpeedMps(double speedMps);
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
     * Add MLUs to a cell, before the simulation starts.
     * @param cell the cell
     * @param mlus their nodes; those without a mobility model are dropped
     */
    void AddMlus(LlmMecCell& cell, const NodeContainer& mlus);

    /**
     * Refuse defaults of attributes that would have no effect: no object of the cells has the
     * attribute, or the helper sets it itself. Call it after the cells are built.
     * @param names attributes with their types, such as
     * ns3::llmmec::ProfileComputeModel::GeneratedPerPromptToken; others are passed over
     * @throw std::invalid_argument in one line
     */
    void RefuseUnused(const std::set<std::string>& names) const;

    /**
     * Stop the simulation once the controllers of all these cells have ended their last slot,
     * whatever else goes on. Cells to which the helper gave batteries or movement need no call: the
     * simulation stops by itself when all cells have ended, unless StopSimulation of their
     * controllers is set to false.
     * @param cells the cells
     */
    static void StopWhenAllEnded(const std::vector<LlmMecCell>& cells);

    /// @return folder of profiles and devices: LLM_MEC_DATA in the environment, else the module's
    static std::string GetDataFolder();

    /// @return version of the module and of ns-3, such as 0.1.0 and 3.37
    static std::pair<std::string, std::string> GetVersions();

  private:
    /// Drop a node on the disc, with the first streams of its cell. @param node the node
    /// @param cell its cell
    void Drop(Ptr<Node> node, const LlmMecCell& cell);
    /// Give a node a battery. @param node the node @param mlu its application
    void InstallBattery(Ptr<Node> node, Ptr<MluApplication> mlu);

    /// Let the simulation stop after a cell that has events without end, unless somebody has said
    /// whether it shall. @param cell the cell
    void StopAfter(const LlmMecCell& cell) const;
    /// Note that cells have an object, and which defaults it does not have. @param object the
    /// object, with all its attributes
    void Note(Ptr<const Object> object);

    ObjectFactory m_mlu;                     //!< makes MluApplication
    ObjectFactory m_mluCompute;              //!< makes an MLU's ComputeModel
    ObjectFactory m_quality;                 //!< makes an MLU's QualityModel
    ObjectFactory m_serverCompute;           //!< makes a server's ComputeModel
    ObjectFactory m_serverDiscipline;        //!< makes a server's MecServerDiscipline
    ObjectFactory m_controller;              //!< makes OffloadController
    ObjectFactory m_policy;                  //!< makes OffloadPolicy
    ObjectFactory m_uplink;                  //!< makes MecUplinkChannel
    ObjectFactory m_pathLoss;                //!< makes LogDistancePropagationLossModel
    ObjectFactory m_fading;                  //!< makes RicianPropagationLossModel
    LlmProfile m_localProfile;               //!< the MLUs' compact model
    LlmProfile m_serverProfile;              //!< the server's full model
    double m_radiusM{20};                    //!< radius of the disc, m
    double m_serverHeightM{10};              //!< h_MEC, m
    double m_speedMps{0};                    //!< speed of MLUs, m/s
    std::optional<double> m_batteryJ;        //!< battery of each MLU, J
    std::optional<double> m_referenceGainDb; //!< g_0, dB, where it was set
    bool m_hasCoherenceTime{false};          //!< the fading's was set
    bool m_saysWhetherToStop{false};         //!< StopSimulation was set
    std::set<TypeId> m_types;                //!< of the objects of all cells
    std::set<std::string> m_replaced;        //!< attributes that have other values than were set
    int64_t m_nextStream{-1};                //!< first stream of the next cell; automatic below 0
    int64_t m_cellStream{-1};                //!< next stream of the cell that is built
    uint32_t m_cells{0};                     //!< cells built, for their place on the plane
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_HELPER_H
