// What a cluster needs to take objects, started by the name that it is called by: the programs of etcd and of Kubernetes, as their authors
// start them, and kubectl. One program, because they share most of what they are made of.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	var command *cobra.Command
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
		return
	case "kube-apiserver":
		command = apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		command = controllers.NewControllerManagerCommand()
	case "kubectl":
		command = kubectl.NewDefaultKubectlCommand()
	case "new-key":
		// The key that the tokens of accounts are signed with.
		key, err := keyutil.MakeEllipticPrivateKeyPEM()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Stdout.Write(key)
		return
	default:
		fmt.Fprintf(os.Stderr, "there is no program %s\n", name)
		os.Exit(2)
	}
	os.Exit(cli.Run(command))
}
